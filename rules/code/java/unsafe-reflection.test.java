package proof;

import javax.servlet.http.*;
import java.util.Map;

public class UnsafeReflection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        Class.forName(input); // expect: unsafe-reflection
        Class.forName("proof.Handler"); // ok: constant
        Class.forName(HANDLERS.get(input)); // ok: from a fixed table
    }

    private static final Map<String, String> HANDLERS = Map.of("a", "proof.A");
}
