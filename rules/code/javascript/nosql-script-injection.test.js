const express = require('express')
const { MongoClient } = require('mongodb')
const mongoose = require('mongoose')

const app = express()
const db = new MongoClient(process.env.DATABASE).db('shop')
const Order = mongoose.model('Order')

app.get('/orders/:id', async (req, res) => {
  const { id } = req.params
  res.json(await db.collection('orders').find({ $where: `this.id == '${id}'` })) // expect: nosql-script-injection
  res.json(await db.collection('orders').find({ id })) // ok: compared as a value
  res.json(await Order.findOne({ $where: 'this.id == ' + Number(id) })) // ok: a number
  res.json(await Order.find({ $where: 'this.paid == true' })) // ok: a constant
  res.json(await Order.find().$where('this.id == ' + id)) // expect: nosql-script-injection
})

class Orders {
  constructor(collection) {
    this.collection = collection
  }

  above(limit) {
    return this.collection.find({ $where: `this.total > ${limit}` }) // expect: nosql-script-injection
  }

  of(script) {
    return this.collection.find({ $where: script }) // ok: made to run what its caller has written
  }
}

module.exports = { Orders }
