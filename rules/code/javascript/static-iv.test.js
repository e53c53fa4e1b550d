const crypto = require('crypto')
const iv = '00000000' + '00000000'

crypto.createCipheriv('aes-256-cbc', key, 'abcdefghijklmnop') // expect: static-iv
crypto.createCipheriv('aes-256-cbc', key, iv) // expect: static-iv
crypto.createCipheriv('aes-256-gcm', key, Buffer.from('0123456789ab')) // expect: static-iv
crypto.createCipheriv('aes-256-gcm', key, crypto.randomBytes(12)) // ok: random
crypto.createDecipheriv('aes-256-gcm', key, message.slice(0, 12)) // ok: read from the message
crypto.createCipheriv('aes-256-cbc', key, nonce) // ok: not known
