const xpath = require('xpath')

exports.find = (req, res) => {
  const { name } = req.query
  const users = xpath.select(`//user[name='${name}']`, document) // expect: xpath-injection
  const same = xpath.evaluate('//user[name="' + name + '"]', document, null, 0, null) // expect: xpath-injection
  const first = xpath.select(`//user[${Number(req.query.index)}]`, document) // ok: a number
  const all = xpath.select('//user', document) // ok: constant
  const bound = xpath.parse('//user[name=$name]').select({ variables: { name } }) // ok: a variable
  res.json({ users, same, first, all, bound })
}
