package proof;

import javax.crypto.spec.PBEKeySpec;
import org.springframework.security.crypto.password.*;

public class WeakPasswordHash {
    void run() throws Exception {
        new PBEKeySpec(Store.password(), Store.salt(), 1000, 256); // expect: weak-password-hash
        new PBEKeySpec(Store.password(), Store.salt(), 600000, 256); // ok: slow enough
        NoOpPasswordEncoder.getInstance(); // expect: weak-password-hash
    }
}
