const express = require('express')
const app = express()
const targets = ['/home', '/account']

app.get('/go', (req, res) => {
  res.redirect(req.query.url) // expect: open-redirect
  res.redirect(302, req.query.url) // expect: open-redirect
  res.redirect('/' + req.query.path) // expect: open-redirect
  res.redirect('/account/' + req.query.id) // ok: a path of this site
  res.redirect(`https://example.com/?q=${req.query.q}`) // ok: a constant host
  const { next } = req.query
  if (targets.includes(next)) res.redirect(next) // ok: one of a list
  res.writeHead(302, { Location: req.query.url }) // expect: open-redirect
})

function back() {
  const next = new URLSearchParams(window.location.search).get('next')
  window.location = next // expect: open-redirect
  location.href = '/login?next=' + encodeURIComponent(next) // ok: a path of this site
  window.location.href = location.pathname + '?page=2' // ok: this very page
}

app.get('/moved', (req, res) => {
  res.setHeader('Location', req.query.to) // expect: open-redirect
  res.setHeader('Location', '/pages/' + req.query.page) // ok: of this site
  res.setHeader('X-Page', req.query.to) // ok: no redirect
})
