const crypto = require('crypto')
const rounds = 10 * 100

crypto.pbkdf2Sync(password, salt, 1000, 64, 'sha512') // expect: weak-password-hash
crypto.pbkdf2Sync(password, salt, rounds, 64, 'sha512') // expect: weak-password-hash
crypto.pbkdf2(password, salt, 1, 64, 'sha512', done) // expect: weak-password-hash
crypto.pbkdf2Sync(password, salt, 600000, 64, 'sha512') // ok: enough rounds
crypto.pbkdf2(password, salt, settings.rounds, 64, 'sha512', done) // ok: not known
crypto.scryptSync(password, salt, 64) // ok: made for passwords
