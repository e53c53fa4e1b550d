const session = require('express-session')

exports.login = (req, res) => {
  const token = issue(req.user)
  res.cookie('session', token, { secure: true }) // expect: cookie-without-httponly
  res.cookie('authToken', token, { secure: true, httpOnly: false }) // expect: cookie-without-httponly
  res.cookie('session', token, { httpOnly: true, secure: true }) // ok: no script reads it
  res.cookie('language', 'en', { secure: true }) // ok: nothing to keep secret
}

app.use(session({ secret: settings.secret, cookie: { secure: true, httpOnly: false } })) // expect: cookie-without-httponly
app.use(session({ secret: settings.secret, cookie: { secure: true } })) // ok: the default
