// The same from what newer servers and functions of clouds hand over.
import axios from 'axios'
import { onCall } from 'firebase-functions/v2/https'
import { Hono } from 'hono'
import config from './config.js'

const api = process.env.API_URL ?? 'https://api.example.com'
const app = new Hono()

app.get('/preview', async (c) => {
  await fetch(c.req.query('url')) // expect: ssrf
  await fetch(`${config.api}/users/${c.req.param('id')}`) // ok: the host is a setting
  await axios.get(`${api}/users/${c.req.query('id')}`) // ok: the host is a setting
  await axios.get(config.api + c.req.query('id')) // expect: ssrf
  return c.html(`<p>${c.req.query('name')}</p>`) // expect: xss
})

export default {
  async fetch(request, env) {
    const { target } = await request.json()
    return fetch(target) // expect: ssrf
  },
}

export async function loader({ request, params }) {
  const url = new URL(request.url)
  await fetch(url.searchParams.get('feed')) // expect: ssrf
  return fetch(`https://api.example.com/${params.id}`) // ok: a constant host
}

export const preview = onCall((data) => axios.post(data.hook, {})) // expect: ssrf

export const azure = async (context, req) => {
  context.res = await fetch(req.query.url) // expect: ssrf
}

Deno.serve(async (request) => fetch((await request.formData()).get('url'))) // expect: ssrf
