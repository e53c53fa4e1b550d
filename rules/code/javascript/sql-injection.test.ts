import mysql from 'mysql2'
import { Pool } from 'pg'
import { Sequelize, QueryTypes } from 'sequelize'
import sqlite3 from 'sqlite3'
import type { Request, Response } from 'express'

const connection = mysql.createConnection({ host: 'db', password: process.env.DB_PASSWORD })
const pool = new Pool()
const sequelize = new Sequelize(process.env.DATABASE_URL)
const db = new sqlite3.Database(':memory:')
const columns = new Set(['name', 'price'])

export function search(req: Request, res: Response): void {
  const term = req.query.q
  connection.query("SELECT * FROM items WHERE name LIKE '%" + term + "%'", done) // expect: sql-injection
  connection.query('SELECT * FROM items WHERE name LIKE ?', [term], done) // ok: a parameter
  connection.query('SELECT * FROM items WHERE name = ' + connection.escape(term), done) // ok: escaped
  pool.query(`SELECT * FROM items WHERE id = ${req.params.id}`) // expect: sql-injection
  pool.query('SELECT * FROM items WHERE id = $1', [req.params.id]) // ok: a parameter
  pool.query({ text: 'SELECT * FROM items WHERE id = ' + req.params.id }) // expect: sql-injection
  sequelize.query(`SELECT * FROM users WHERE email = '${req.body.email}'`) // expect: sql-injection
  sequelize.query('SELECT * FROM users WHERE email = :email', { // ok: a replacement
    replacements: { email: req.body.email },
    type: QueryTypes.SELECT,
  })
  db.all('SELECT * FROM items ORDER BY ' + req.query.sort, done) // expect: sql-injection
  db.all(`SELECT * FROM items LIMIT ${Number(req.query.limit)}`, done) // ok: a number
}

export const list = async (req: Request, res: Response) => {
  const { sort } = req.query as { sort: string }
  if (columns.has(sort)) await pool.query('SELECT * FROM items ORDER BY ' + sort) // ok: one of a set
  let order = 'name'
  if (req.query.order === 'price') order = 'price'
  await pool.query('SELECT * FROM items ORDER BY ' + order) // ok: one of two constants
}

class Users {
  constructor(private readonly database: unknown) {}

  find(name: string) {
    return this.database.query(`SELECT * FROM users WHERE name = '${name}'`) // expect: sql-injection
  }
}

export function login(req: Request, res: Response): void {
  new Users(global.database).find(req.body.name)
}

function done() {}
