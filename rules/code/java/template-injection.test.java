package proof;

import javax.servlet.http.*;
import freemarker.template.*;
import java.io.StringReader;
import org.apache.velocity.app.VelocityEngine;

public class TemplateInjection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        new Template("page", new StringReader(input), configuration); // expect: template-injection
        new VelocityEngine().evaluate(null, null, "page", "Hello " + input); // expect: template-injection
        new VelocityEngine().evaluate(null, null, input, "Hello $name"); // ok: only its name in the log
    }

    private Configuration configuration;
}
