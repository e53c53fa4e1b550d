// Builders and mappers, and objects that come from elsewhere.
const knex = require('knex')({ client: 'pg' })
const { PrismaClient } = require('@prisma/client')
const db = require('./db')

const prisma = new PrismaClient()

exports.list = async (req, res) => {
  const { name, order } = req.query
  await knex('items').whereRaw(`name = '${name}'`) // expect: sql-injection
  await knex.raw('select * from items where name = ' + name) // expect: sql-injection
  await knex.raw('select * from items where name = ?', [name]) // ok: a parameter
  await knex('items').where('name', name) // ok: a parameter
  await prisma.$queryRawUnsafe('SELECT * FROM items WHERE name = ' + name) // expect: sql-injection
  await prisma.$queryRaw`SELECT * FROM items WHERE name = ${name}` // ok: a tag makes parameters
  await db.query('SELECT * FROM items WHERE name = ' + name) // expect: sql-injection
  await db.query('SELECT * FROM items WHERE name = $1', [name]) // ok: a parameter
  db.search.query('find ' + name) // ok: no statement of SQL
  const sorted = order === 'asc' ? 'ASC' : 'DESC'
  await db.query('SELECT * FROM items ORDER BY name ' + sorted) // ok: one of two constants
  const rows = await db.query('SELECT * FROM items WHERE name = $1', [name])
  await db.query('SELECT * FROM prices WHERE item = ' + rows[0].id) // ok: from the database
}
