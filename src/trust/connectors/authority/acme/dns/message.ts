// DNS messages as far as updates need them (RFC 1035, section 4): names, questions, records.

export const types = { soa: 6, txt: 16, tsig: 250, any: 255 } as const
export const classes = { in: 1, none: 254, any: 255 } as const

const headerBytes = 12
const nameBytesMax = 255
const recordsMax = 500

export class DnsMalformed extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DnsMalformed'
  }
}

export interface Resource {
  name: string
  type: number
  class: number
  ttl: number
  data: Buffer
}

export interface Message {
  id: number
  code: number
  answers: Resource[]
  authorities: Resource[]
  additionals: Resource[]
  /** Where the last record begins. */
  lastAt: number
}

/** In lower case, without compression, as signatures want it. */
export function encodeName(name: string): Buffer {
  const labels = name.toLowerCase().replace(/\.$/, '').split('.')
  const parts = labels.filter(Boolean).map((label) => {
    const bytes = Buffer.from(label, 'latin1')
    if (bytes.length > 63) throw new DnsMalformed(`${name} has a label of over 63 bytes`)
    return Buffer.concat([Buffer.of(bytes.length), bytes])
  })
  const whole = Buffer.concat([...parts, Buffer.of(0)])
  if (whole.length > nameBytesMax) throw new DnsMalformed(`${name} is over 255 bytes long`)
  return whole
}

export function encodeResource({ name, type, class: kind, ttl, data }: Resource): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(kind, 2)
  fixed.writeUInt32BE(ttl, 4)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([encodeName(name), fixed, data])
}

export function encodeQuestion(name: string, type: number): Buffer {
  const fixed = Buffer.alloc(4)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(classes.in, 2)
  return Buffer.concat([encodeName(name), fixed])
}

/** @param counts of its four sections */
export function encodeHeader(
  id: number,
  operation: number,
  counts: readonly [number, number, number, number],
): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(operation << 11, 2)
  for (const [at, count] of counts.entries()) header.writeUInt16BE(count, 4 + at * 2)
  return header
}

/** Throws DnsMalformed. */
export function parseMessage(bytes: Buffer): Message {
  if (bytes.length < headerBytes) throw new DnsMalformed('the answer is too short')
  const counts = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at))
  const [questions = 0, ...sections] = counts
  if (counts.reduce((sum, count) => sum + count, 0) > recordsMax) {
    throw new DnsMalformed('the answer has too many records')
  }
  let at = headerBytes
  for (let n = 0; n < questions; n++) at = readName(bytes, at).end + 4
  let lastAt = at
  const [answers = [], authorities = [], additionals = []] = sections.map((count) =>
    Array.from({ length: count }, () => {
      lastAt = at
      const read = readResource(bytes, at)
      at = read.end
      return read.resource
    }),
  )
  const code = bytes.readUInt16BE(2) & 0xf
  return { id: bytes.readUInt16BE(0), code, answers, authorities, additionals, lastAt }
}

function readResource(bytes: Buffer, start: number): { resource: Resource; end: number } {
  const { name, end: at } = readName(bytes, start)
  if (at + 10 > bytes.length) throw new DnsMalformed('a record is cut short')
  const end = at + 10 + bytes.readUInt16BE(at + 8)
  if (end > bytes.length) throw new DnsMalformed('a record is cut short')
  const resource = {
    name,
    type: bytes.readUInt16BE(at),
    class: bytes.readUInt16BE(at + 2),
    ttl: bytes.readUInt32BE(at + 4),
    data: bytes.subarray(at + 10, end),
  }
  return { resource, end }
}

/** In lower case; a pointer leads backwards only, so that it ends. */
export function readName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = []
  let at = start
  let end = -1
  let floor = start
  for (let size = 0; size <= nameBytesMax; ) {
    const length = bytes[at]
    if (length === undefined) throw new DnsMalformed('a name is cut short')
    if (length === 0) return { name: labels.join('.'), end: end === -1 ? at + 1 : end }
    if (length >= 0xc0) {
      if (at + 2 > bytes.length) throw new DnsMalformed('a name is cut short')
      const target = bytes.readUInt16BE(at) & 0x3fff
      if (end === -1) end = at + 2
      if (target >= floor) throw new DnsMalformed('a name leads in a circle')
      floor = target
      at = target
      continue
    }
    if (length > 63) throw new DnsMalformed('a name has an unknown form')
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length).toLowerCase())
    at += length + 1
    size += length + 1
  }
  throw new DnsMalformed('a name is too long')
}
