package proof;

import javax.servlet.http.*;
import org.springframework.expression.*;
import org.springframework.expression.spel.standard.SpelExpressionParser;

public class ExpressionInjection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        ExpressionParser parser = new SpelExpressionParser();
        parser.parseExpression(input).getValue(); // expect: expression-injection
        parser.parseExpression("name.length()").getValue(input); // ok: a constant expression
        ognl.Ognl.getValue(input, this); // expect: expression-injection
        org.apache.commons.text.StringSubstitutor.createInterpolator().replace(input); // expect: expression-injection
        new org.apache.commons.text.StringSubstitutor(values).replace(input); // ok: of its own values
    }
}
