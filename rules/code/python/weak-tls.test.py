import ssl

from OpenSSL import SSL

ssl.SSLContext(ssl.PROTOCOL_TLSv1)  # expect: weak-tls
ssl.SSLContext(protocol=ssl.PROTOCOL_SSLv3)  # expect: weak-tls
SSL.Context(SSL.SSLv3_METHOD)  # expect: weak-tls
ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # ok: the newest that both know
SSL.Context(SSL.TLS_METHOD)  # ok: the newest that both know
