package proof;

import javax.servlet.http.*;
import java.net.URLEncoder;

public class HeaderInjection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        response.setHeader("X-Name", input); // expect: header-injection
        response.setHeader("X-Name", URLEncoder.encode(input, "UTF-8")); // ok: encoded
        response.addHeader("X-Count", "" + Integer.parseInt(input)); // ok: a number
    }
}
