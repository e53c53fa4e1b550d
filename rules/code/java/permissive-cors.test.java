package proof;

import org.springframework.web.cors.CorsConfiguration;

public class PermissiveCors {
    void configure() {
        CorsConfiguration open = new CorsConfiguration();
        open.setAllowCredentials(true);
        open.addAllowedOrigin("*"); // expect: permissive-cors
        CorsConfiguration listed = new CorsConfiguration();
        listed.setAllowCredentials(true);
        listed.addAllowedOrigin("https://example.com"); // ok: a known origin
        CorsConfiguration anonymous = new CorsConfiguration();
        anonymous.addAllowedOrigin("*"); // ok: without credentials
    }
}
