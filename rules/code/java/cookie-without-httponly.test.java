package proof;

import javax.servlet.http.*;

public class CookieWithoutHttponly extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        Cookie plain = new Cookie("session", "x");
        plain.setSecure(true);
        response.addCookie(plain); // expect: cookie-without-httponly
        Cookie closed = new Cookie("session", "x");
        closed.setSecure(true);
        closed.setHttpOnly(true);
        response.addCookie(closed); // ok: no script reads it
    }
}
