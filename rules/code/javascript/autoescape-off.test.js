const handlebars = require('handlebars')
const nunjucks = require('nunjucks')
const swig = require('swig')

swig.setDefaults({ autoescape: false }) // expect: autoescape-off
nunjucks.configure('views', { autoescape: false, express: app }) // expect: autoescape-off
handlebars.compile(source, { noEscape: true }) // expect: autoescape-off
nunjucks.configure('views', { autoescape: true }) // ok: on
nunjucks.configure('views') // ok: on by default
swig.setDefaults({ cache: false }) // ok: on by default
