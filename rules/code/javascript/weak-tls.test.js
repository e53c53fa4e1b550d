const https = require('https')
const tls = require('tls')

https.createServer({ key, cert, minVersion: 'TLSv1' }) // expect: weak-tls
tls.connect({ host: 'a.example.com', secureProtocol: 'TLSv1_method' }) // expect: weak-tls
new https.Agent({ secureProtocol: 'SSLv3_method' }) // expect: weak-tls
https.createServer({ key, cert, minVersion: 'TLSv1.2' }) // ok: current
https.createServer({ key, cert }) // ok: the defaults are current
tls.connect({ host: 'a.example.com', secureProtocol: 'TLSv1_2_method' }) // ok: current
