package proof;

import javax.servlet.http.*;
import java.util.List;
import org.springframework.web.servlet.view.RedirectView;

public class OpenRedirect extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        response.sendRedirect(input); // expect: open-redirect
        response.sendRedirect("/search?q=" + input); // ok: stays on this site
        response.sendRedirect("https://example.com/" + input); // ok: a constant host
        response.sendRedirect("https://example.com" + input); // expect: open-redirect
        response.sendRedirect("/" + input); // expect: open-redirect
        new RedirectView(input); // expect: open-redirect
        if (List.of("/a", "/b").contains(input)) {
            response.sendRedirect(input); // ok: one of a list
        }
    }
}
