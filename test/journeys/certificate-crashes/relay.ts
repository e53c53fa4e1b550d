// Stands between the agent and its server and says what passes; where somebody dies of it, what was
// on its way is lost.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Tripwire } from './tripwire.ts'

export interface Relay {
  url: string
  stop(): void
}

export async function startRelay(serverPort: number, wire: Tripwire): Promise<Relay> {
  const server = createServer((request, response) => {
    relay(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    const body = await textOf(request)
    const asked = askedName(url, body)
    if (asked !== null && wire.pass({ where: 'protocol', name: asked, moment: 'before' })) {
      response.destroy()
      return
    }
    const onward = send({ host: '127.0.0.1', port: serverPort, method, path: url, headers })
    response.on('close', () => onward.destroy())
    onward.end(body)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    const text = await textOf(answer)
    const isGood = (answer.statusCode ?? 500) < 300
    for (const name of isGood ? answeredNames(asked, text) : []) {
      if (!wire.pass({ where: 'protocol', name, moment: 'after' })) continue
      response.destroy()
      return
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    response.end(text)
  }

  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Null for the question whether there is work, which is asked all the time. */
function askedName(url: string, body: string): string | null {
  const what = url.split('?')[0]?.split('/').at(-1) ?? ''
  if (what === 'jobs') return null
  return what === 'result' ? `result ${JSON.parse(body).state}` : what
}

/** A question for work is named by what came of it. */
function answeredNames(asked: string | null, text: string): string[] {
  if (asked !== null) return [asked]
  const { data } = JSON.parse(text) as { data: { jws: string }[] }
  return data.map(({ jws }) => {
    const [, words = ''] = jws.split('.')
    return `offer ${JSON.parse(Buffer.from(words, 'base64url').toString()).work.kind}`
  })
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
