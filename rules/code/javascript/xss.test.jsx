import DOMPurify from 'dompurify'
import escape from 'escape-html'
import express from 'express'
import http from 'http'

const app = express()

app.get('/hello', (req, res) => {
  res.send('<h1>Hello ' + req.query.name + '</h1>') // expect: xss
  res.status(404).send(`No page ${req.originalUrl}`) // expect: xss
  res.send(`<h1>Hello ${escape(req.query.name)}</h1>`) // ok: encoded
  res.json({ name: req.query.name }) // ok: JSON
  res.send({ name: req.query.name }) // ok: an object is sent as JSON
  res.write('<p>' + req.query.name) // expect: xss
  res.type('text/plain')
  res.send(req.query.name) // ok: no page
})

http.createServer((req, res) => {
  res.setHeader('Content-Type', 'application/json')
  res.end(req.url) // ok: no page
})

http.createServer(function (request, response) {
  response.end('<p>' + request.url) // expect: xss
})

export function Comment({ text }) {
  const query = new URLSearchParams(location.search)
  const note = query.get('note')
  const clean = DOMPurify.sanitize(note)
  return (
    <div>
      <p>{note}</p>
      <p dangerouslySetInnerHTML={{ __html: clean }} />
      <p dangerouslySetInnerHTML={{ __html: note }} /* expect: xss */ />
    </div>
  )
}

const target = document.getElementById('target')
target.innerHTML = decodeURIComponent(location.hash.slice(1)) // expect: xss
target.textContent = location.hash // ok: text
document.write('<base href="' + document.referrer + '">') // expect: xss
target.insertAdjacentHTML('beforeend', `<b>${location.search}</b>`) // expect: xss
window.addEventListener('message', (event) => {
  target.innerHTML = event.data // expect: xss
})
$('#list').html(new URL(location.href).searchParams.get('q')) // expect: xss
$('#list').text(location.hash) // ok: text
