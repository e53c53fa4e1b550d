const serialize = require('node-serialize')
const yaml = require('js-yaml')

exports.restore = (req, res) => {
  const profile = serialize.unserialize(req.cookies.profile) // expect: unsafe-deserialization
  const old = serialize.unserialize(Buffer.from(req.cookies.old, 'base64').toString()) // expect: unsafe-deserialization
  const data = JSON.parse(req.cookies.data) // ok: data only
  const settings = yaml.load(req.body.settings) // ok: data only
  const own = serialize.unserialize('{"a":1}') // ok: constant
  res.json({ profile, old, data, settings, own })
}
