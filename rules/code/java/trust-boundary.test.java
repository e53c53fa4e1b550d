package proof;

import javax.servlet.http.*;

public class TrustBoundary extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        request.getSession().setAttribute("role", input); // expect: trust-boundary
        request.getSession().setAttribute("role", "guest"); // ok: constant
        request.setAttribute("role", input); // ok: lives as long as the request
        request.getSession().setAttribute("page", Integer.parseInt(input)); // ok: a number
    }
}
