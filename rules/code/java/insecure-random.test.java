package proof;

import java.security.SecureRandom;
import java.util.Random;

public class InsecureRandom {
    void run() throws Exception {
        String token = Long.toHexString(new Random().nextLong()); // expect: insecure-random
        long delay = new Random().nextInt(100); // ok: no secret
        String other = Long.toHexString(new SecureRandom().nextLong()); // ok: cryptographic
        byte[] salt = new byte[16];
        new Random().nextBytes(salt); // expect: insecure-random
    }

    String newPassword() {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < 8; at++) {
            text.append((char) ('a' + Math.random() * 26)); // expect: insecure-random
        }
        return text.toString();
    }

    double jitter() {
        return Math.random(); // ok: no secret
    }
}
