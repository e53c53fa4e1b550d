package proof;

import javax.servlet.http.*;

public class ErrorExposure extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        try {
            Integer.parseInt(input);
        } catch (NumberFormatException e) {
            e.printStackTrace(response.getWriter()); // expect: error-exposure
            e.printStackTrace(); // ok: to the log
        }
    }
}
