package proof;

import javax.servlet.http.*;
import java.io.*;
import org.owasp.encoder.Encode;
import org.springframework.web.bind.annotation.*;

public class Xss extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        response.setContentType("text/html");
        response.getWriter().println("<p>" + input); // expect: xss
        PrintWriter out = response.getWriter();
        out.printf("<p>%s</p>", input); // expect: xss
        out.write(Encode.forHtml(input)); // ok: encoded
        response.getOutputStream().print(request.getHeader("Referer")); // expect: xss
        new PrintWriter(System.out).println(input); // ok: not a page
    }

    void data(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("application/json");
        response.getWriter().write(request.getParameter("q")); // ok: no page
    }

    @GetMapping("/hello")
    @ResponseBody
    String hello(@RequestParam String name) {
        return "<p>Hello " + name; // expect: xss
    }

    @GetMapping(path = "/data", produces = "application/json")
    @ResponseBody
    String asData(@RequestParam String name) {
        return "{" + name + "}"; // ok: no page
    }

    @GetMapping("/view")
    String view(@RequestParam String name) {
        return "pages/" + name; // ok: the name of a view
    }
}
