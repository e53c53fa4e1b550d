package proof;

import java.security.MessageDigest;
import org.apache.commons.codec.digest.DigestUtils;

public class WeakHash {
    void run() throws Exception {
        MessageDigest.getInstance("MD5"); // expect: weak-hash
        MessageDigest.getInstance(ALGORITHM); // expect: weak-hash
        MessageDigest.getInstance("SHA-256"); // ok: strong
        MessageDigest.getInstance(System.getProperty("hash")); // ok: not known
        DigestUtils.md5Hex("x"); // expect: weak-hash
    }

    private static final String ALGORITHM = "SHA-1";
}
