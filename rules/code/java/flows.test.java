package proof;

import java.io.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.*;
import java.util.stream.*;
import javax.servlet.http.*;

/** Ways through the language that data takes. */
public class Flows extends HttpServlet {
    record Person(String name, int age) {}

    static class Shell {
        void run(String command) throws IOException {
            Runtime.getRuntime().exec(command); // expect: command-injection
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String input = request.getParameter("input");
        List<String> all = List.of(input, "b");
        exec(all.stream().map(String::trim).collect(Collectors.joining(" ")));
        Runtime.getRuntime().exec(all.stream().map(String::trim).findFirst().get()); // expect: command-injection
        Supplier<String> supplier = () -> input;
        Runtime.getRuntime().exec("ls " + supplier.get()); // expect: command-injection
        Function<String, String> prefix = text -> "ls " + text;
        Runtime.getRuntime().exec(prefix.apply(input)); // expect: command-injection
        Function<String, String> fixed = text -> "ls";
        Runtime.getRuntime().exec(fixed.apply(input)); // ok: what it answers is constant
        Map<String, String[]> map = request.getParameterMap();
        for (Map.Entry<String, String[]> entry : map.entrySet()) {
            Runtime.getRuntime().exec("ls " + entry.getValue()[0]); // expect: command-injection
        }
        for (String key : map.keySet()) {
            Runtime.getRuntime().exec("ls " + key); // expect: command-injection
        }
        StringJoiner joiner = new StringJoiner(" ");
        joiner.add("ls").add(input);
        Runtime.getRuntime().exec(joiner.toString()); // expect: command-injection
        do {
            response.flushBuffer();
        } while (false);
        Runtime.getRuntime().exec("ls " + new Person(input, 1).name()); // expect: command-injection
        CompletableFuture.supplyAsync(() -> input).thenAccept(text -> exec("ls " + text));
        new Shell().run(input);
    }

    private void exec(String command) {
        try {
            Runtime.getRuntime().exec(command); // expect: command-injection
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
