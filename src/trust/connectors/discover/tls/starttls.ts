// What is said in the clear before TLS begins, by protocol: just enough to ask for it.
import type { Socket } from 'node:net'

export type StartTls = keyof typeof schemes

/** The server speaks something else, or will not change to TLS. */
export class NoTls extends Error {}

const answerMax = 16_384

/** Asks for TLS; whoever calls bounds the time. The socket is then paused. */
export async function startTls(socket: Socket, scheme: StartTls): Promise<void> {
  const input = new Input(socket)
  try {
    await schemes[scheme].ask(input)
  } finally {
    input.end()
  }
}

/** By the port that is theirs, where nobody said otherwise. */
export function startTlsOf(port: number): StartTls | null {
  const found = Object.entries<Scheme>(schemes).find(([, { ports }]) => ports.includes(port))
  return found === undefined ? null : (found[0] as StartTls)
}

interface Scheme {
  port: number
  ports: readonly number[]
  ask(input: Input): Promise<void>
}

export const schemes = {
  smtp: {
    port: 25,
    ports: [25, 587, 2525],
    async ask(input) {
      await input.reply(/^220[ -]/, /^\d{3} /)
      input.send('EHLO localhost\r\n')
      await input.reply(/^250[ -]/, /^\d{3} /)
      input.send('STARTTLS\r\n')
      await input.reply(/^220/, /^\d{3} /)
    },
  },
  imap: {
    port: 143,
    ports: [143],
    async ask(input) {
      await input.reply(/^\* (OK|PREAUTH)/i, /^\* /)
      input.send('a STARTTLS\r\n')
      await input.reply(/^(a OK|\* )/i, /^a /)
    },
  },
  pop3: {
    port: 110,
    ports: [110],
    async ask(input) {
      await input.reply(/^\+OK/, /^[+-]/)
      input.send('STLS\r\n')
      await input.reply(/^\+OK/, /^[+-]/)
    },
  },
  ftp: {
    port: 21,
    ports: [21],
    async ask(input) {
      await input.reply(/^220[ -]|^ /, /^\d{3} /)
      input.send('AUTH TLS\r\n')
      await input.reply(/^234/, /^\d{3} /)
    },
  },
  ldap: {
    port: 389,
    ports: [389],
    ask: askLdap,
  },
  postgres: {
    port: 5432,
    ports: [5432],
    async ask(input) {
      input.send(Buffer.from('0000000804d2162f', 'hex'))
      const answer = await input.bytes(1)
      if (answer[0] !== 0x53) throw new NoTls('it does not offer TLS')
    },
  },
  mysql: {
    port: 3306,
    ports: [3306],
    ask: askMysql,
  },
} as const satisfies Record<string, Scheme>

/** The extended operation of RFC 4511, section 4.14. */
async function askLdap(input: Input): Promise<void> {
  const name = Buffer.from('1.3.6.1.4.1.1466.20037')
  const begins = Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, name.length])
  input.send(Buffer.concat([begins, name]))
  const head = await input.bytes(2)
  let length = head[1] ?? 0
  if (head[0] !== 0x30) throw new NoTls('it does not speak LDAP')
  if (length > 0x80) {
    const more = await input.bytes(length - 0x80)
    length = more.reduce((sum, byte) => sum * 256 + byte, 0)
  }
  const answer = await input.bytes(length)
  // The message's number, then the response, whose first part is the result.
  const result = answer.indexOf(Buffer.from([0x0a, 0x01]))
  if (answer[3] !== 0x78 || answer[result + 2] !== 0) throw new NoTls('it does not offer TLS')
}

/** The packet after the greeting (SSLRequest), with the flags that it takes. */
async function askMysql(input: Input): Promise<void> {
  const head = await input.bytes(4)
  const length = (head[0] ?? 0) | ((head[1] ?? 0) << 8) | ((head[2] ?? 0) << 16)
  const greeting = await input.bytes(length)
  const version = greeting.indexOf(0, 1)
  if (greeting[0] !== 10 || version < 0) throw new NoTls('it does not speak MySQL')
  // Behind the version: a number of 4 bytes, 8 random bytes and a zero, then the flags.
  const offered = greeting[version + 15] ?? 0
  if ((offered & 0x08) === 0) throw new NoTls('it does not offer TLS')
  const request = Buffer.alloc(36)
  request.writeUInt8(32, 0)
  request.writeUInt8(1, 3)
  request.writeUInt32LE(0x0000_8a00, 4)
  request.writeUInt32LE(0x0100_0000, 8)
  request.writeUInt8(45, 12)
  input.send(request)
}

/** What a server says before TLS: bounded, and left whole for TLS behind what was asked for. */
class Input {
  readonly #socket: Socket
  #buffer: Buffer = Buffer.alloc(0)
  #ended: Error | null = null
  #wake: (() => void) | null = null

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', this.#onData)
    socket.once('close', this.#onClose)
  }

  readonly #onData = (chunk: Buffer) => {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    if (this.#buffer.length > answerMax) this.#fail(new NoTls('it says too much before TLS'))
    this.#wake?.()
  }

  readonly #onClose = () => {
    this.#fail(new NoTls('it closed the connection before TLS'))
  }

  #fail(error: Error): void {
    this.#ended ??= error
    this.#wake?.()
  }

  send(data: string | Uint8Array): void {
    this.#socket.write(data)
  }

  async bytes(count: number): Promise<Buffer> {
    if (count > answerMax) throw new NoTls('it says too much before TLS')
    while (this.#buffer.length < count) await this.#more()
    return this.#take(count)
  }

  /** Lines that are all `fine`, up to one that is `last`. */
  async reply(fine: RegExp, last: RegExp): Promise<void> {
    for (;;) {
      let end = this.#buffer.indexOf('\n')
      while (end < 0) {
        await this.#more()
        end = this.#buffer.indexOf('\n')
      }
      const line = this.#take(end + 1)
        .toString('latin1')
        .trimEnd()
      if (!fine.test(line)) throw new NoTls(`it answered "${line.slice(0, 80)}"`)
      if (last.test(line)) return
    }
  }

  end(): void {
    this.#socket.off('data', this.#onData)
    this.#socket.off('close', this.#onClose)
    this.#socket.pause()
    if (this.#buffer.length > 0) this.#socket.unshift(this.#buffer)
  }

  #take(count: number): Buffer {
    const taken = this.#buffer.subarray(0, count)
    this.#buffer = this.#buffer.subarray(count)
    return taken
  }

  async #more(): Promise<void> {
    if (this.#ended !== null) throw this.#ended
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    await promise
    this.#wake = null
    if (this.#ended !== null) throw this.#ended
  }
}
