package proof;

import java.security.KeyPairGenerator;
import javax.crypto.KeyGenerator;

public class WeakKey {
    void run() throws Exception {
        KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
        small.initialize(1024); // expect: weak-key
        KeyPairGenerator large = KeyPairGenerator.getInstance("RSA");
        large.initialize(3072); // ok: long enough
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(256); // ok: long enough for a curve
        KeyGenerator generator = KeyGenerator.getInstance("AES");
        generator.init(256); // ok: long enough
    }
}
