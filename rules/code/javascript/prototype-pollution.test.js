const merge = require('merge-deep')
const set = require('set-value')
const defaults = { theme: 'light' }

exports.save = (req, res) => {
  const settings = merge(defaults, req.body) // expect: prototype-pollution
  set(settings, req.query.key, req.query.value) // expect: prototype-pollution
  set(settings, 'theme', 'dark') // ok: constant
  const { group, key } = req.body
  settings[group][key] = req.body.value // expect: prototype-pollution
  settings[group].seen = true // expect: prototype-pollution
  settings[key] = true // ok: a property of this object only
  if (group === '__proto__') return res.sendStatus(400)
  settings[group][key] = req.body.value // ok: refused above
  settings.groups[key] = true // ok: the first name is constant
  const copy = { ...defaults, ...req.body } // ok: own properties only
  const known = Object.assign({}, defaults) // ok: nothing from outside
  res.json({ copy, known })
}
