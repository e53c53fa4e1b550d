package proof;

import java.sql.DriverManager;
import javax.crypto.spec.*;

public class HardcodedCredential {
    void run() throws Exception {
        DriverManager.getConnection("jdbc:x", "app", "sum" + "mer"); // expect: hardcoded-credential
        DriverManager.getConnection("jdbc:x", "app", System.getenv("DB_PASSWORD")); // ok: from outside
        new SecretKeySpec("0123456789abcdef".getBytes(), "AES"); // expect: hardcoded-credential
        new PBEKeySpec(System.getenv("PHRASE").toCharArray(), salt(), 600000, 256); // ok: from outside
    }

    byte[] salt() {
        return Store.read("salt");
    }
}

class Keys {
    void parse(String token, String key) {
        io.jsonwebtoken.Jwts.parser().setSigningKey("6f2e19aa0b").parseClaimsJws(token); // expect: hardcoded-credential
        io.jsonwebtoken.Jwts.parser().setSigningKey(key).parseClaimsJws(token); // ok: handed over
    }
}
