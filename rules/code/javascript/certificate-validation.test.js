const https = require('https')
const { Pool } = require('pg')
const request = require('request')
const tls = require('tls')

const agent = new https.Agent({ rejectUnauthorized: false }) // expect: certificate-validation
https.get({ hostname: 'a.example.com', rejectUnauthorized: false }, done) // expect: certificate-validation
tls.connect(443, 'a.example.com', { rejectUnauthorized: false }) // expect: certificate-validation
request({ url: 'https://a.example.com', strictSSL: false }, done) // expect: certificate-validation
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0' // expect: certificate-validation
new Pool({ host: 'db', ssl: { rejectUnauthorized: false } }) // expect: certificate-validation
const own = new https.Agent({ ca: authority }) // ok: an authority of one's own
const strict = new https.Agent({ rejectUnauthorized: true }) // ok: checked
const set = new https.Agent({ rejectUnauthorized: settings.strict }) // ok: not known
