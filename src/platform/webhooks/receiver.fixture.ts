// For tests: a receiver of webhooks on 127.0.0.1, which keeps what it gets and answers as told.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface Receiver {
  url: string
  received: Received[]
  /** Called for every request; 204 unless it answers otherwise. */
  answer: (response: ServerResponse, received: Received) => unknown
  /** Resolves when so many requests have come in. */
  gets(count: number): Promise<void>
}

export async function startReceiver(answer?: Receiver['answer']): Promise<Receiver> {
  const waiters = new Map<number, () => void>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { headers, url: path = '' } = request
    const received = { path, headers, body: Buffer.concat(chunks).toString() }
    receiver.received.push(received)
    waiters.get(receiver.received.length)?.()
    receiver.answer(response, received)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    answer: answer ?? ((response) => response.writeHead(204).end()),
    gets(count) {
      if (receiver.received.length >= count) return Promise.resolve()
      return new Promise((resolve) => waiters.set(count, resolve))
    },
  }
  return receiver
}

/** Answers with a status and headers, and nothing else. */
export function status(code: number, headers: Record<string, string> = {}): Receiver['answer'] {
  return (response) => response.writeHead(code, headers).end()
}
