// What a caller hands over counts where a statement is put together.
const { execSync } = require('child_process')
const sqlite = require('sqlite3').verbose()

const database = new sqlite.Database('people.db')

exports.find = (name, done) => {
  database.get(`SELECT * FROM people WHERE name = '${name}'`, done) // expect: sql-injection
  database.get('SELECT * FROM people WHERE name = ?', [name], done) // ok: a parameter
}

exports.run = (statement) => database.run(statement) // ok: made to run statements

exports.archive = (folder) => {
  execSync(`tar cf out.tar ${folder}`) // expect: command-injection
  execSync('tar cf out.tar ' + process.env.FOLDER) // ok: a setting
}

exports.tagged = (pool, name) => {
  pool.query`SELECT * FROM people WHERE name = ${name}` // ok: a tag binds its values
  pool.query(`SELECT * FROM people WHERE name = ${name}`) // expect: sql-injection
}

exports.handler = (req, res) => {
  function show() {
    execSync('ls ' + this.folder) // expect: command-injection
  }
  function list(folder) {
    execSync('ls ' + folder) // expect: command-injection
  }
  show.call({ folder: req.query.folder })
  list.apply(null, [req.query.folder])
}
