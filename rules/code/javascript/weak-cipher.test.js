const crypto = require('crypto')

crypto.createCipher('aes-256-cbc', password) // expect: weak-cipher
crypto.createCipheriv('des-ede3-cbc', key, iv) // expect: weak-cipher
crypto.createCipheriv('aes-128-ecb', key, null) // expect: weak-cipher
crypto.createCipheriv('RC4', key, null) // expect: weak-cipher
crypto.createCipheriv('aes-256-gcm', key, crypto.randomBytes(12)) // ok: a strong cipher
crypto.createCipheriv('chacha20-poly1305', key, iv) // ok: a strong cipher
crypto.createCipheriv(settings.algorithm, key, iv) // ok: not known
