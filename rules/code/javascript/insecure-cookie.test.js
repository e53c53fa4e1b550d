const session = require('express-session')

exports.login = (req, res) => {
  const token = issue(req.user)
  res.cookie('session', token, { httpOnly: true }) // expect: insecure-cookie
  res.cookie('access_token', token, { httpOnly: true, secure: false }) // expect: insecure-cookie
  res.cookie('session', token, { httpOnly: true, secure: true }) // ok: only encrypted
  res.cookie('theme', 'dark') // ok: nothing to keep secret
  res.cookie('session', token, options) // ok: not known
}

app.use(session({ secret: settings.secret, cookie: { secure: false } })) // expect: insecure-cookie
app.use(session({ secret: settings.secret, resave: false })) // expect: insecure-cookie
app.use(session({ secret: settings.secret, cookie: { secure: true } })) // ok: only encrypted
app.use(session({ secret: settings.secret, cookie: settings.cookie })) // ok: not known
