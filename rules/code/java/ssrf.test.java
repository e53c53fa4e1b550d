package proof;

import javax.servlet.http.*;
import java.net.*;
import java.net.http.*;
import java.util.Set;
import org.springframework.web.client.RestTemplate;

public class Ssrf extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        new URL(input).openStream(); // expect: ssrf
        new URL("https://" + input + "/status").openConnection(); // expect: ssrf
        new URL("https://api.example.com/items/" + input).openStream(); // ok: a constant host
        HttpRequest.newBuilder().uri(URI.create(input)).build(); // expect: ssrf
        new RestTemplate().getForObject(input, String.class); // expect: ssrf
        new RestTemplate().getForObject("https://api.example.com/?q=" + input, String.class); // ok: a constant host
        URL url = new URL(input);
        if (HOSTS.contains(url.getHost())) {
            url.openStream(); // ok: one of the known hosts
        }
    }

    private static final Set<String> HOSTS = Set.of("a.example.com", "b.example.com");
}
