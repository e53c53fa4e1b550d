package proof;

import javax.servlet.http.*;
import javax.xml.xpath.*;

public class XpathInjection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        XPath xpath = XPathFactory.newInstance().newXPath();
        xpath.evaluate("//user[@name='" + input + "']", document); // expect: xpath-injection
        xpath.compile("//user[@id=" + Long.parseLong(input) + "]"); // ok: a number
        xpath.evaluate("//user[@name=$name]", document); // ok: a variable
    }

    private org.w3c.dom.Document document;
}
