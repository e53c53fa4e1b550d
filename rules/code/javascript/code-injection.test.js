const vm = require('vm')
const express = require('express')
const router = express.Router()

router.post('/sum', function (req, res) {
  const total = eval(req.body.expression) // expect: code-injection
  const rate = eval('(' + req.body.rate + ')') // expect: code-injection
  new Function('a', 'return ' + req.body.formula)(total) // expect: code-injection
  vm.runInNewContext(req.body.script, {}) // expect: code-injection
  vm.runInThisContext(req.body.script) // expect: code-injection
  new vm.Script(req.body.script) // expect: code-injection
  const sandbox = { safeEval: lib.safeEval, lines: req.body.lines }
  vm.runInContext('safeEval(lines)', sandbox) // expect: code-injection
  vm.runInContext('count(lines)', sandbox) // ok: only data of a constant script
  setTimeout('refresh("' + req.query.id + '")', 100) // expect: code-injection
  require('./plugins' + req.query.plugin) // expect: code-injection
  setTimeout(() => refresh(req.query.id), 100) // ok: a function
  JSON.parse(req.body.data) // ok: data only
  eval('1 + 1') // ok: constant
  eval('(' + parseInt(req.body.pre, 10) + ')') // ok: a number
  res.json({ total, rate })
})

const operations = { add: (a, b) => a + b }
router.post('/operation', (req, res) => {
  const operation = operations[req.body.name]
  res.json(operation(1, 2)) // ok: one of a table
})

app.get('/search', (req, res) => {
  require('jsonpath-plus').JSONPath({ path: req.query.path, json: {} }) // expect: code-injection
  require('jsonpath').query({}, req.query.path) // expect: code-injection
  require('jsonpath').query(req.body, '$.name') // ok: a constant path
})
