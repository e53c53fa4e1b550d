const express = require('express')
const serveIndex = require('serve-index')
const app = express()

app.use('/ftp', serveIndex('ftp', { icons: true })) // expect: directory-listing
app.use('/logs', express.static('logs'), require('serve-index')('logs')) // expect: directory-listing
function share(folder) {
  return serveIndex(folder) // expect: directory-listing
}
app.use('/files', express.static('files')) // ok: single files by name
app.use('/serve-index', express.static('public')) // ok: only a name
app.use(serveStatic('public', { index: false })) // ok: without a list
