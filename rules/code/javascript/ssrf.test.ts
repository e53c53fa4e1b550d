import axios from 'axios'
import got from 'got'
import https from 'https'
import type { Request, Response } from 'express'

const hosts = { a: 'https://a.example.com', b: 'https://b.example.com' }

export async function preview(req: Request, res: Response) {
  await axios.get(req.query.url as string) // expect: ssrf
  await fetch(`https://${req.body.host}/status`) // expect: ssrf
  await fetch(`https://api.example.com/users/${req.params.id}`) // ok: a constant host
  await got(req.body.callback) // expect: ssrf
  await axios({ method: 'post', url: req.body.hook }) // expect: ssrf
  await axios.post('https://api.example.com/items', req.body) // ok: only the body
  https.get(req.query.feed, (answer) => answer.resume()) // expect: ssrf
  await fetch(hosts[req.query.site as 'a' | 'b']) // ok: looked up
}
