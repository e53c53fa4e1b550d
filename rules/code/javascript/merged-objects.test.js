const _ = require('lodash')

exports.fields = (req, res) => {
  const known = Object.assign({ url: req.url }, { name: 'shop' })
  res.send('<b>' + known.name + '</b>') // ok: another field
  res.send('<b>' + known.url + '</b>') // expect: xss
  const settings = $.extend(true, {}, { url: req.url }, { name: 'shop' })
  res.send('<b>' + settings.name + '</b>') // ok: another field
  res.send('<b>' + settings.url + '</b>') // expect: xss
  const both = _.extend({}, req.query, { name: 'shop' })
  res.send('<b>' + both.name + '</b>') // ok: written last
  res.send('<b>' + both.other + '</b>') // expect: xss
  const asked = { url: req.url }
  const copy = { ...asked, name: 'shop' }
  res.send('<b>' + copy.name + '</b>') // ok: another field
  res.send('<b>' + copy.url + '</b>') // expect: xss
}

exports.defaults = (req, res) => {
  const late = { name: 'shop', ...req.query }
  res.send('<b>' + late.name + '</b>') // expect: xss
  const assigned = Object.assign({ name: 'shop' }, req.query)
  res.send('<b>' + assigned.name + '</b>') // expect: xss
  const again = { name: 'shop', ...Object.assign({}, req.query) }
  res.send('<b>' + again.name + '</b>') // expect: xss
}
