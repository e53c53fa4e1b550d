package proof;

import org.springframework.security.config.annotation.web.builders.HttpSecurity;

public class CsrfProtectionOff {
    Object chain(HttpSecurity http) throws Exception {
        http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .csrf(csrf -> csrf.disable()); // expect: csrf-protection-off
        http.csrf().disable(); // expect: csrf-protection-off
        http.csrf(csrf -> csrf.ignoringRequestMatchers("/api/**")); // ok: for an interface only
        return http.build();
    }
}
