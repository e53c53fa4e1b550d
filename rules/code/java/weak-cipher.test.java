package proof;

import javax.crypto.*;

public class WeakCipher {
    void run() throws Exception {
        Cipher.getInstance("DES/CBC/PKCS5Padding"); // expect: weak-cipher
        Cipher.getInstance("AES"); // expect: weak-cipher
        Cipher.getInstance("AES/ECB/PKCS5Padding"); // expect: weak-cipher
        Cipher.getInstance("AES/GCM/NoPadding"); // ok: authenticated
        Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding"); // ok: the mode says nothing there
        KeyGenerator.getInstance("Blowfish"); // expect: weak-cipher
        KeyGenerator.getInstance("AES"); // ok: strong
    }
}
