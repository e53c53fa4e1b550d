import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createClient, Refused, refusal, ServerUnreachable } from './client.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = null
})

async function answering(body: string, { cut = false } = {}): Promise<string> {
  server = createServer((_, response) => {
    if (cut) response.writeHead(200, { 'content-length': '100' })
    response.write(body)
    if (cut) setImmediate(() => response.destroy())
    else response.end()
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const call = (url: string) => createClient({ url, key: 'k' }).call('GET', '/x')

it('says of a host that nobody knows which it is, and what to check', async () => {
  const calling = call('http://nowhere.invalid')
  await expect(calling).rejects.toThrow(ServerUnreachable)
  await expect(call('http://nowhere.invalid')).rejects.toThrow(
    /^nowhere\.invalid cannot be found: check the host in PANTHERA_URL/,
  )
})

it('says of a server that is not there how to start it', async () => {
  await expect(call('http://127.0.0.1:1')).rejects.toThrow(/cannot be reached: start it with/)
})

it('takes an answer that breaks off for a server that is gone', async () => {
  await expect(call(await answering('{"a":', { cut: true }))).rejects.toThrow(ServerUnreachable)
})

it('refuses what is no answer of ours', async () => {
  await expect(call(await answering('<html>'))).rejects.toThrow(Refused)
})

it.each([
  [
    { message: 'No. Use the scope named in details.', details: { scope: 'manage:keys' } },
    'No. Use the scope named here.\n  scope: manage:keys',
  ],
  [
    {
      message: 'Wrong. Correct the fields named in details.',
      details: { fields: [{ field: 'name', message: 'is required' }] },
    },
    'Wrong. Correct the fields named here.\n  name: is required',
  ],
  [
    { message: 'Ask for those named in details.', details: { scopes_max: ['a', 'b'] } },
    'Ask for those named here.\n  scopes_max: a, b',
  ],
  [
    {
      message: 'name: is required. Correct the fields named in details.',
      details: {
        fields: [
          { field: 'name', message: 'is required' },
          { field: 'type', message: 'is unknown' },
        ],
      },
    },
    'name: is required. Correct the fields named here.\n  type: is unknown',
  ],
  [{ message: 'Gone.', details: { id: '1' } }, 'Gone.'],
  [{ message: 'Named in details.', details: null }, 'Named here.'],
])('tells the details of which a refusal speaks: %j', (error, expected) => {
  expect(refusal(403, JSON.stringify({ error: { code: 'x', ...error } })).message).toBe(expected)
})
