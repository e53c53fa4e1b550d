package proof;

import javax.servlet.http.*;

public class InsecureCookie extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        Cookie plain = new Cookie("session", "x");
        plain.setHttpOnly(true);
        response.addCookie(plain); // expect: insecure-cookie
        Cookie secure = new Cookie("session", "x");
        secure.setHttpOnly(true);
        secure.setSecure(true);
        response.addCookie(secure); // ok: encrypted only
        Cookie gone = new Cookie("session", "");
        gone.setMaxAge(0);
        response.addCookie(gone); // ok: deletes it
        response.addCookie(Cookies.make("session")); // ok: not known how it was made
    }
}
