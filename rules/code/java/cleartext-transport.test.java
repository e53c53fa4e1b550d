package proof;

import org.apache.commons.net.ftp.*;

public class CleartextTransport {
    void run() throws Exception {
        new FTPClient(); // expect: cleartext-transport
        new FTPSClient(); // ok: encrypted
    }
}
