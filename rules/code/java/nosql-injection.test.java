package proof;

import javax.servlet.http.*;
import com.mongodb.BasicDBObject;
import org.bson.Document;

public class NosqlInjection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        BasicDBObject.parse("{name: '" + input + "'}"); // expect: nosql-injection
        new Document("$where", "this.name == '" + input + "'"); // expect: nosql-injection
        new Document("name", input); // ok: a value
    }
}
