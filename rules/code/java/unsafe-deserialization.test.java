package proof;

import javax.servlet.http.*;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.thoughtworks.xstream.XStream;
import java.io.*;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

public class UnsafeDeserialization extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        new ObjectInputStream(request.getInputStream()).readObject(); // expect: unsafe-deserialization
        ObjectInputStream filtered = new ObjectInputStream(request.getInputStream());
        filtered.setObjectInputFilter(ObjectInputFilter.Config.createFilter("proof.*;!*"));
        filtered.readObject(); // ok: expected classes only
        new ObjectInputStream(new FileInputStream("cache.bin")).readObject(); // ok: a file of this program
        new XStream().fromXML(input); // expect: unsafe-deserialization
        XStream restricted = new XStream();
        restricted.allowTypes(new Class[] {Order.class});
        restricted.fromXML(input); // ok: expected classes only
        new Yaml().load(input); // expect: unsafe-deserialization
        new Yaml(new SafeConstructor()).load(input); // ok: plain data
        new ObjectMapper().readValue(input, Order.class); // ok: a fixed class
        ObjectMapper typed = new ObjectMapper();
        typed.enableDefaultTyping();
        typed.readValue(input, Object.class); // expect: unsafe-deserialization
    }
}

class Listener {
    void hear(javax.jms.ObjectMessage message, javax.jms.TextMessage text) throws Exception {
        message.getObject(); // expect: unsafe-deserialization
        text.getText(); // ok: a text
    }

    void read(javax.servlet.http.HttpServletRequest request) throws Exception {
        com.fasterxml.jackson.databind.ObjectMapper mapper = new com.fasterxml.jackson.databind.ObjectMapper();
        mapper.readValue(request.getReader(), Listener.class); // ok: of one type
        mapper.activateDefaultTyping(null);
        mapper.readValue(request.getReader(), Listener.class); // expect: unsafe-deserialization
    }
}
