package proof;

import javax.servlet.http.*;
import java.util.regex.Pattern;

public class RegexInjection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        Pattern.compile(input); // expect: regex-injection
        Pattern.compile(Pattern.quote(input)); // ok: quoted
        input.split(","); // ok: a constant pattern
        "x".matches(input); // expect: regex-injection
    }
}
