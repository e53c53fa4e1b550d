package proof;

import com.amazonaws.services.lambda.runtime.*;
import com.amazonaws.services.lambda.runtime.events.*;
import java.io.*;
import java.util.zip.*;
import javax.ws.rs.*;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.springframework.core.io.*;
import org.springframework.http.*;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.*;

/** Where requests come in, and what is done with them, beyond servlets. */
public class Frameworks implements RequestHandler<APIGatewayProxyRequestEvent, String> {
    public String handleRequest(APIGatewayProxyRequestEvent event, Context context) {
        run("ls " + event.getQueryStringParameters().get("folder"));
        run("ls " + context.getFunctionName());
        return "";
    }

    private void run(String command) {
        try {
            Runtime.getRuntime().exec(command); // expect: command-injection
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

class Stream implements RequestStreamHandler {
    public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
        String line = new BufferedReader(new InputStreamReader(in)).readLine();
        Runtime.getRuntime().exec("ls " + line); // expect: command-injection
    }
}

class Reactive {
    ServerResponse list(ServerRequest request, WebClient client) throws IOException {
        Runtime.getRuntime().exec("ls " + request.queryParam("folder").orElse("")); // expect: command-injection
        client.get().uri(request.pathVariable("address")).retrieve(); // expect: ssrf
        client.get().uri("/people/" + request.pathVariable("id")).retrieve(); // ok: of one host
        return null;
    }
}

@Controller
class Pages {
    @GetMapping("/go")
    public String go(@RequestParam String to) {
        return "redirect:" + to; // expect: open-redirect
    }

    @GetMapping("/stay")
    public String stay(@RequestParam String page) {
        return "redirect:/pages/" + page; // ok: of this site
    }

    @GetMapping("/show")
    public String show(@RequestParam String to) {
        return "people/" + to; // ok: the name of a view
    }
}

@RestController
class Answers {
    @PostMapping("/page")
    public ResponseEntity<String> page(@RequestBody String body) {
        return ResponseEntity.ok("<p>" + body); // expect: xss
    }

    @PostMapping("/status")
    public ResponseEntity<String> status(@RequestBody String body) {
        return new ResponseEntity<>("<p>" + body, HttpStatus.OK); // expect: xss
    }

    @PostMapping("/data")
    public ResponseEntity<String> data(@RequestBody String body) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(body); // ok: no page
    }

    @GetMapping("/file")
    public InputStream file(@RequestParam String name) throws IOException {
        new UrlResource(name).getInputStream(); // expect: ssrf
        new ClassPathResource(name, getClass()).getInputStream(); // expect: path-traversal
        return new FileSystemResource("/data/" + name).getInputStream(); // expect: path-traversal
    }
}

@Path("/greeting")
class Resource {
    @GET
    @Produces("text/html")
    public String greet(@QueryParam("name") String name) {
        return "<h1>" + name; // expect: xss
    }

    @GET
    @Produces("application/xml")
    public String data(@QueryParam("name") String name) {
        return "<name>" + name + "</name>"; // ok: no page
    }
}

class Archives {
    void tar(TarArchiveInputStream tar, File folder) throws IOException {
        File file = new File(folder, tar.getNextTarEntry().getName());
        new FileOutputStream(file); // expect: path-traversal
    }

    void zip(ZipInputStream zip, File folder) throws IOException {
        File file = new File(folder, zip.getNextEntry().getName());
        String path = file.getCanonicalPath();
        if (!path.startsWith(folder.getCanonicalPath() + File.separator)) throw new IOException("outside");
        new FileOutputStream(file); // ok: checked to lie below the folder
    }
}
