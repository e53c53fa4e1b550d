const escape = require('lodash').escapeRegExp

exports.search = (req, res) => {
  const pattern = new RegExp(req.query.pattern) // expect: regex-injection
  const start = RegExp('^' + req.query.start, 'i') // expect: regex-injection
  const quoted = new RegExp(escape(req.query.text)) // ok: quoted
  const word = req.query.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const own = new RegExp(word) // ok: quoted
  const fixed = /^[a-z]+$/.test(req.query.text) // ok: constant
  res.json({ pattern, start, quoted, own, fixed })
}
