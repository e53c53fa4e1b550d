const mongoose = require('mongoose')
const User = mongoose.model('User')

exports.update = async (req, res) => {
  await User.findByIdAndUpdate(req.params.id, req.body) // expect: mass-assignment
  await User.create(req.body) // expect: mass-assignment
  const { name, email } = req.body
  await User.create({ name, email }) // ok: single fields
  await User.findByIdAndUpdate(req.params.id, { name }) // ok: a single field
  res.json({})
}

const { Sequelize } = require('sequelize')

const Person = new Sequelize(process.env.DATABASE).define('person', {})

app.post('/people', async (req, res) => {
  await Person.create(req.body) // expect: mass-assignment
  await Person.create({ name: req.body.name }) // ok: by name
  await Person.create(req.body, { fields: ['name'] }) // ok: only these
})
