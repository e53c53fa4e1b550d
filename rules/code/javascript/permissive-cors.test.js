const cors = require('cors')
const app = require('express')()
const origins = ['https://app.example.com']

app.use(cors({ origin: true, credentials: true })) // expect: permissive-cors
app.use(cors({ origin: origins, credentials: true })) // ok: a list
app.use(cors()) // ok: without credentials
app.use((req, res, next) => {
  res.header('Access-Control-Allow-Origin', req.headers.origin) // expect: permissive-cors
  res.setHeader('Access-Control-Allow-Origin', req.get('origin')) // expect: permissive-cors
  res.setHeader('Access-Control-Allow-Origin', 'https://app.example.com') // ok: constant
  const { origin } = req.headers
  if (origins.includes(origin)) res.setHeader('Access-Control-Allow-Origin', origin) // ok: one of a list
  next()
})
