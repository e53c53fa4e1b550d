package proof;

import javax.servlet.http.*;
import javax.naming.directory.*;
import org.springframework.ldap.support.LdapEncoder;

public class LdapInjection extends HttpServlet {
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String input = request.getParameter("input");
        DirContext context = new InitialDirContext();
        context.search("ou=people", "(uid=" + input + ")", new SearchControls()); // expect: ldap-injection
        context.search("ou=people", "(uid={0})", new Object[] {input}, new SearchControls()); // ok: an argument
        context.search("ou=people", "(uid=" + LdapEncoder.filterEncode(input) + ")", null); // ok: encoded
    }
}
