const ldap = require('ldapjs')
const client = ldap.createClient({ url: 'ldaps://directory.example.com' })

exports.find = (req, res) => {
  client.search('o=example', { filter: `(uid=${req.query.user})` }, res.json) // expect: ldap-injection
  client.search(`ou=${req.query.unit},o=example`, { scope: 'sub' }, res.json) // expect: ldap-injection
  client.bind('uid=' + req.body.user + ',o=example', req.body.password) // expect: ldap-injection
  const filter = new ldap.EqualityFilter({ attribute: 'uid', value: req.query.user })
  client.search('o=example', { filter }, res.json) // ok: an object
  client.search('o=example', { filter: '(uid=admin)' }, res.json) // ok: constant
}
