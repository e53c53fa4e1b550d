package proof;

import javax.servlet.http.*;
import javax.xml.XMLConstants;
import javax.xml.parsers.*;
import javax.xml.stream.XMLInputFactory;
import java.io.StringReader;
import org.xml.sax.InputSource;

public class Xxe extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.newDocumentBuilder().parse(request.getInputStream()); // expect: xxe
        factory.newDocumentBuilder().parse("settings.xml"); // ok: a file of this program
        DocumentBuilderFactory strict = DocumentBuilderFactory.newInstance();
        strict.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        strict.newDocumentBuilder().parse(request.getInputStream()); // ok: no document types
        SAXParserFactory.newInstance().newSAXParser().parse(new InputSource(new StringReader(input)), null); // expect: xxe
        XMLInputFactory stream = XMLInputFactory.newInstance();
        stream.createXMLStreamReader(new StringReader(input)); // expect: xxe
        XMLInputFactory closed = XMLInputFactory.newInstance();
        closed.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        closed.createXMLStreamReader(new StringReader(input)); // ok: no document types
    }
}

class Settings {
    void open(javax.servlet.http.HttpServletRequest request) throws Exception {
        javax.xml.parsers.DocumentBuilderFactory factory = javax.xml.parsers.DocumentBuilderFactory.newInstance();
        factory.setFeature("http://xml.org/sax/features/external-general-entities", true); // expect: xxe
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true); // ok: closed
        org.dom4j.DocumentHelper.parseText(request.getParameter("xml")); // expect: xxe
        javax.xml.transform.TransformerFactory sheets = javax.xml.transform.TransformerFactory.newInstance();
        sheets.newTransformer(new javax.xml.transform.stream.StreamSource(request.getReader())); // expect: xxe
        sheets.newTransformer(); // ok: reads nothing
    }
}
