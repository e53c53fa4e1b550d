const { generateKeyPair, generateKeyPairSync } = require('crypto')
const bits = 512 * 2

generateKeyPairSync('rsa', { modulusLength: 1024 }) // expect: weak-key
generateKeyPairSync('rsa', { modulusLength: bits }) // expect: weak-key
generateKeyPair('rsa', { modulusLength: 512 }, done) // expect: weak-key
generateKeyPairSync('rsa', { modulusLength: 3072 }) // ok: long enough
generateKeyPairSync('ec', { namedCurve: 'P-256' }) // ok: another kind of key
generateKeyPair('rsa', { modulusLength: settings.bits }, done) // ok: not known
