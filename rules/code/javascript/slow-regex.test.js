const account = /([0-9]+)+\#/
const mail = /^([a-z0-9])(([.]|[_]+)?([a-z0-9]+))*@/
const date = /^(?:\d{4}-)+\d+$/

exports.check = (req, res) => {
  const { number, address } = req.body
  if (!account.test(number)) return res.sendStatus(400) // expect: slow-regex
  if (mail.exec(address) === null) return res.sendStatus(400) // expect: slow-regex
  const parts = address.match(/^(\w+\s?)*$/) // expect: slow-regex
  const code = new RegExp('^(\\d+)+$').test(number) // expect: slow-regex
  const day = date.test(req.body.day) // ok: one way only to match
  const plain = /^[a-z]+$/.test(number) // ok: nothing repeated is repeated
  const own = account.test('123#') // ok: nothing from outside
  res.json({ parts, code, day, plain, own })
}
