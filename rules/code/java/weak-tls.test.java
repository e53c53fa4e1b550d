package proof;

import javax.net.ssl.SSLContext;

public class WeakTls {
    void run() throws Exception {
        SSLContext.getInstance("SSLv3"); // expect: weak-tls
        SSLContext.getInstance("TLSv1.3"); // ok: current
        SSLContext.getInstance("TLS"); // ok: what the platform allows
    }
}
