const ejs = require('ejs')
const handlebars = require('handlebars')
const nunjucks = require('nunjucks')
const pug = require('pug')

module.exports = function (req, res) {
  const a = ejs.render('<p>' + req.query.name + '</p>') // expect: template-injection
  const b = handlebars.compile(req.body.template)({}) // expect: template-injection
  const c = nunjucks.renderString(`Dear ${req.body.name}`, {}) // expect: template-injection
  const d = pug.compile('p ' + req.query.text) // expect: template-injection
  const e = ejs.render('<p><%= name %></p>', { name: req.query.name }) // ok: a value
  const f = handlebars.compile('{{name}}')({ name: req.query.name }) // ok: a value
  res.render('user', { name: req.query.name }) // ok: a value
  res.render('user', req.query) // expect: template-injection
  res.json({ a, b, c, d, e, f })
}
