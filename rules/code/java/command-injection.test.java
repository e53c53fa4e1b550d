package proof;

import javax.servlet.http.*;
import java.util.*;

public class CommandInjection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        Runtime.getRuntime().exec("ping " + input); // expect: command-injection
        Runtime.getRuntime().exec(new String[] {"sh", "-c", "ping " + input}); // expect: command-injection
        Runtime.getRuntime().exec(new String[] {"ping", input}); // ok: an argument of its own
        Runtime.getRuntime().exec(new String[] {input, "-v"}); // expect: command-injection
        List<String> command = new ArrayList<>();
        command.add("bash");
        command.add("-c");
        command.add("ls " + input);
        new ProcessBuilder(command).start(); // expect: command-injection
        new ProcessBuilder("ls", "-l", input).start(); // ok: an argument of its own
        new ProcessBuilder("cmd.exe", "/c", input).start(); // expect: command-injection
        ProcessBuilder builder = new ProcessBuilder();
        builder.command(Arrays.asList("ls", "-l")); // ok: constant
        String mode = request.getParameter("mode");
        if (mode.matches("[a-z]+")) {
            Runtime.getRuntime().exec("tool " + mode); // ok: letters only
        }
    }
}
