// Signs DNS messages with a shared key, and checks the signature of the answer (RFC 8945).
import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  classes,
  DnsMalformed,
  encodeName,
  encodeResource,
  parseMessage,
  readName,
  types,
} from './message.ts'

export interface TsigKey {
  name: string
  algorithm: 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512'
  secret: Buffer
}

const fudgeSeconds = 300

/** The message with its signature as the last record; counts it in. */
export function sign(message: Buffer, key: TsigKey, now: number): { bytes: Buffer; mac: Buffer } {
  const seconds = Math.floor(now / 1_000)
  const mac = macOf(key, [message, variables(key, seconds, 0)])
  const id = message.readUInt16BE(0)
  const data = Buffer.concat([
    encodeName(key.algorithm),
    time(seconds),
    short(fudgeSeconds),
    short(mac.length),
    mac,
    short(id),
    short(0),
    short(0),
  ])
  const record = encodeResource({
    name: key.name,
    type: types.tsig,
    class: classes.any,
    ttl: 0,
    data,
  })
  const counted = Buffer.from(message)
  counted.writeUInt16BE(counted.readUInt16BE(10) + 1, 10)
  return { bytes: Buffer.concat([counted, record]), mac }
}

/** What the server says of the signature: 0 where it took it. Throws DnsMalformed. */
export function verify(answer: Buffer, key: TsigKey, asked: { mac: Buffer; now: number }): number {
  const { additionals, lastAt } = parseMessage(answer)
  const last = additionals.at(-1)
  if (last?.type !== types.tsig) throw new DnsMalformed('the answer is not signed')
  const { data } = last
  const { name: algorithm, end } = readName(data, 0)
  if (data.length < end + 16) throw new DnsMalformed('its signature is cut short')
  const seconds = data.readUIntBE(end, 6)
  const size = data.readUInt16BE(end + 8)
  const mac = data.subarray(end + 10, end + 10 + size)
  const rest = end + 10 + size
  if (data.length < rest + 4) throw new DnsMalformed('its signature is cut short')
  const error = data.readUInt16BE(rest + 2)
  // With a key or a signature that it does not know, a server cannot sign.
  if (size === 0) return error === 0 ? tsigErrors.badSignature : error
  if (last.name !== key.name.toLowerCase() || algorithm !== key.algorithm) {
    throw new DnsMalformed('the answer is signed with another key')
  }
  const bare = Buffer.from(answer.subarray(0, lastAt))
  bare.writeUInt16BE(bare.readUInt16BE(10) - 1, 10)
  bare.writeUInt16BE(data.readUInt16BE(rest), 0)
  const other = data.subarray(rest + 6)
  const parts = [short(asked.mac.length), asked.mac, bare, variables(key, seconds, error, other)]
  const expected = macOf(key, parts)
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
    throw new DnsMalformed('the signature of the answer is wrong')
  }
  if (Math.abs(seconds - asked.now / 1_000) > fudgeSeconds && error === 0) {
    return tsigErrors.badTime
  }
  return error
}

export const tsigErrors = { badSignature: 16, badKey: 17, badTime: 18 } as const

function macOf({ algorithm, secret }: TsigKey, parts: readonly Buffer[]): Buffer {
  const mac = createHmac(algorithm.slice('hmac-'.length), secret)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

function variables(key: TsigKey, seconds: number, error: number, other?: Buffer): Buffer {
  const kind = Buffer.concat([short(classes.any), Buffer.alloc(4)])
  return Buffer.concat([
    encodeName(key.name),
    kind,
    encodeName(key.algorithm),
    time(seconds),
    short(fudgeSeconds),
    short(error),
    short(other?.length ?? 0),
    other ?? Buffer.of(),
  ])
}

function time(seconds: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(seconds, 0, 6)
  return bytes
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value, 0)
  return bytes
}
