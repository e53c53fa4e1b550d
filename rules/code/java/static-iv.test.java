package proof;

import java.security.SecureRandom;
import javax.crypto.spec.*;

public class StaticIv {
    void run() throws Exception {
        new IvParameterSpec("0123456789abcdef".getBytes()); // expect: static-iv
        byte[] fresh = new byte[12];
        new SecureRandom().nextBytes(fresh);
        new GCMParameterSpec(128, fresh); // ok: random
        new IvParameterSpec(new byte[16]); // expect: static-iv
    }
}
