package proof;

import org.apache.http.conn.ssl.NoopHostnameVerifier;
import org.apache.http.impl.client.*;

public class CertificateValidation {
    void run() throws Exception {
        HttpClients.custom().setSSLHostnameVerifier(NoopHostnameVerifier.INSTANCE); // expect: certificate-validation
        HttpClients.custom().setSSLHostnameVerifier(new NoopHostnameVerifier()); // expect: certificate-validation
        HttpClients.custom().build(); // ok: checked
    }

    class Blind implements javax.net.ssl.X509TrustManager {
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}
        // expect: certificate-validation
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}
    }

    class Careful implements javax.net.ssl.X509TrustManager {
        private javax.net.ssl.X509TrustManager inner;

        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) throws Exception {
            inner.checkServerTrusted(chain, type); // ok: checked elsewhere
        }
    }

    Object verifier() {
        return new javax.net.ssl.HostnameVerifier() {
            // expect: certificate-validation
            public boolean verify(String host, javax.net.ssl.SSLSession session) {
                return true;
            }
        };
    }
}
