const fs = require('fs')
const { readFile } = require('fs/promises')
const path = require('path')
const app = require('express')()
const root = path.resolve('files')

app.get('/files/:name', (req, res) => {
  fs.readFile('files/' + req.params.name, (error, data) => res.json({ data })) // expect: path-traversal
  fs.createReadStream(path.join(__dirname, req.query.file)) // expect: path-traversal
  fs.readFileSync(path.join(root, path.basename(req.query.file))) // ok: the last part alone
  res.sendFile(path.resolve('ftp/', req.params.name)) // expect: path-traversal
  res.sendFile(req.params.name, { root: '/srv/files' }) // ok: confined to a folder
})

app.get('/notes/:id', async (req, res) => {
  const id = parseInt(req.params.id, 10)
  await readFile(`notes/${id}.txt`) // ok: a number
  await readFile(`notes/${req.params.id}.txt`) // expect: path-traversal
})

app.delete('/files/:name', (req, res) => {
  const file = path.resolve(root, req.params.name)
  if (!file.startsWith(root + path.sep)) return res.sendStatus(400)
  fs.unlinkSync(file) // ok: checked to lie below the folder
})

app.get('/pages/:page', (req, res) => {
  const pages = { home: 'home.html', about: 'about.html' }
  fs.readFileSync(pages[req.params.page]) // ok: looked up
})

exports.picture = (req, res) => {
  const { url } = req.query
  const kind = ['jpg', 'png'].includes(url.split('.').at(-1)) ? url.split('.').at(-1) : 'jpg'
  require('fs').createWriteStream(`uploads/1.${kind}`) // ok: one of the list
  const other = ['jpg', 'png'].includes(url.split('.').at(-1)) ? url.split('.').at(0) : 'jpg'
  require('fs').createWriteStream(`uploads/1.${other}`) // expect: path-traversal
}
