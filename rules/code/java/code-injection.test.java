package proof;

import javax.servlet.http.*;
import groovy.lang.GroovyShell;
import javax.script.*;

public class CodeInjection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        ScriptEngine engine = new ScriptEngineManager().getEngineByName("js");
        engine.eval(input); // expect: code-injection
        engine.eval("1 + 1"); // ok: constant
        engine.put("value", input); // ok: a value
        new GroovyShell().evaluate("return " + input); // expect: code-injection
    }
}
