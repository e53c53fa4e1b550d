const crypto = require('crypto')
const { createHash } = require('node:crypto')

const hash = crypto.createHash('md5').update(user.password).digest('hex') // expect: weak-hash
const checksum = crypto.createHash('md5').update(file).digest('hex') // ok: a checksum of a file
function hashPassword(text) {
  return createHash('sha1').update(text).digest('hex') // expect: weak-hash
}
const algorithm = 'SHA1'
const passwordHash = createHash(algorithm).update(text).digest() // expect: weak-hash
const tokenHash = createHash('sha256').update(token).digest() // ok: a strong function
const etag = createHash('sha1').update(body).digest('base64') // ok: a name of contents
