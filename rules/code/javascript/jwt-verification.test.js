const jwt = require('jsonwebtoken')
const simple = require('jwt-simple')
const { expressjwt: expressJwt } = require('express-jwt')

jwt.verify(token, key, { algorithms: ['HS256', 'none'] }) // expect: jwt-verification
jwt.verify(token, '') // expect: jwt-verification
jwt.sign({ id: 1 }, key, { algorithm: 'none' }) // expect: jwt-verification
simple.decode(token, key, true) // expect: jwt-verification
app.use(expressJwt({ secret: publicKey })) // expect: jwt-verification
app.use(expressJwt({ secret: publicKey, algorithms: ['RS256'] })) // ok: one algorithm
simple.decode(token, key) // ok: verified
jwt.verify(token, key, { algorithms: ['RS256'] }) // ok: verified
jwt.verify(token, key) // ok: verified
