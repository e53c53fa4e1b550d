package proof;

import io.jsonwebtoken.*;
import com.auth0.jwt.algorithms.Algorithm;

public class JwtVerification {
    void run() throws Exception {
        Jwts.parser().setSigningKey(key).parse(token); // expect: jwt-verification
        Jwts.parserBuilder().setSigningKey(key).build().parseClaimsJws(token); // ok: signed tokens only
        Algorithm.none(); // expect: jwt-verification
    }

    private String token;
    private java.security.Key key;
}
