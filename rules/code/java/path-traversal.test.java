package proof;

import javax.servlet.http.*;
import java.io.*;
import java.nio.file.*;
import java.util.zip.*;
import org.apache.commons.io.FilenameUtils;

public class PathTraversal extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        new FileInputStream("/srv/" + input); // expect: path-traversal
        File file = new File("/srv", input);
        file.delete(); // expect: path-traversal
        Path path = Paths.get("/srv").resolve(input);
        Files.readAllBytes(path); // expect: path-traversal
        new FileInputStream(new File("/srv", new File(input).getName())); // ok: the last part only
        new FileInputStream("/srv/" + FilenameUtils.getName(input)); // ok: the last part only
        new FileInputStream("/srv/" + Integer.parseInt(input)); // ok: a number
    }

    void below(HttpServletRequest request) throws Exception {
        File file = new File("/srv", request.getParameter("name"));
        if (!file.getCanonicalPath().startsWith("/srv/")) {
            throw new SecurityException();
        }
        new FileInputStream(file); // ok: lies below the folder
    }

    void checkedTooEarly(HttpServletRequest request) throws Exception {
        String name = "/srv/" + request.getParameter("name");
        if (name.startsWith("/srv/")) {
            new FileInputStream(name); // expect: path-traversal
        }
    }

    void normalised(HttpServletRequest request) throws Exception {
        Path folder = Path.of("/srv");
        Path path = folder.resolve(request.getParameter("name")).normalize();
        if (path.startsWith(folder)) {
            Files.newInputStream(path); // ok: lies below the folder
        }
    }

    void unpack(ZipInputStream zip, Path folder) throws Exception {
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            Files.copy(zip, folder.resolve(entry.getName())); // expect: path-traversal
        }
    }
}
