const crypto = require('crypto')
const jwt = require('jsonwebtoken')
const mysql = require('mysql')
const session = require('express-session')
const app = require('express')()

const key = 'correct' + ' horse'
app.use(session({ secret: 'keyboard' + ' cat', cookie: { secure: true } })) // expect: hardcoded-credential
app.use(session({ secret: process.env.SESSION_SECRET, cookie: { secure: true } })) // ok: from the environment
jwt.sign({ id: 1 }, key) // expect: hardcoded-credential
jwt.verify(token, key) // expect: hardcoded-credential
jwt.sign({ id: 1 }, process.env.JWT_KEY) // ok: from the environment
jwt.sign({ id: 1 }, settings.key) // ok: from settings
mysql.createConnection({ host: 'db', password: 'pass' + 'word1' }) // expect: hardcoded-credential
mysql.createConnection({ host: 'db', password: '' }) // ok: there is none
crypto.createHmac('sha256', key) // expect: hardcoded-credential
crypto.createHmac('sha256', await loadKey()) // ok: loaded

require('nodemailer').createTransport({ auth: { user: 'shop', pass: 'Jrq8Jrq8' } }) // expect: hardcoded-credential
require('nodemailer').createTransport({ auth: { user: 'shop', pass: process.env.MAIL } }) // ok: a setting

const { Sequelize } = require('sequelize')
new Sequelize('shop', 'shop', 'Jrq8Jrq8', { dialect: 'mysql' }) // expect: hardcoded-credential
new Sequelize('shop', 'user', 'password', { dialect: 'sqlite', storage: 'a.db' }) // ok: a file has none
new Sequelize({ dialect: 'sqlite', password: 'unused' }) // ok: a file has none
new Sequelize('sqlite://data/shop.db') // ok: a file has none
