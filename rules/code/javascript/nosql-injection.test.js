const mongoose = require('mongoose')
const { ObjectId } = require('mongodb')
const User = mongoose.model('User', new mongoose.Schema({ name: String }))

exports.login = async (req, res) => {
  const user = await User.findOne({ name: req.body.name, password: req.body.password }) // expect: nosql-injection
  const same = await User.findOne({ name: String(req.body.name) }) // ok: a text
  const third = await User.findOne({ _id: new ObjectId(req.body.id) }) // ok: an identifier
  const named = await User.findOne({ name: req.params.name }) // ok: parts of a path are texts
  res.json({ user, same, third, named })
}

exports.find = (db) => async (req, res) => {
  const users = db.collection('users')
  const filter = req.body.filter
  await users.find(filter).toArray() // expect: nosql-script-injection
  await users.updateOne({ _id: req.body.id }, { $set: { seen: true } }) // expect: nosql-injection
  await users.find({ $where: `this.name == '${req.query.name}'` }) // expect: nosql-script-injection
  const { id } = req.body
  if (typeof id !== 'string') return res.sendStatus(400)
  await users.findOne({ id }) // ok: known to be a text
}
