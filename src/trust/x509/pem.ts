// PEM (RFC 7468): many blocks, whatever stands around them, within bounds.
import { X509Error } from './error.ts'

export interface PemBlock {
  label: string
  bytes: Uint8Array
  /** Of its first line in the text, counted from 1. */
  line: number
}

export const pemLabels = {
  certificate: 'CERTIFICATE',
  request: 'CERTIFICATE REQUEST',
  crl: 'X509 CRL',
  privateKey: 'PRIVATE KEY',
} as const

const textMax = 32 * 1024 * 1024
const blocksMax = 10_000
const label = '[A-Z0-9][A-Z0-9 .#-]{0,60}'
const opening = new RegExp(`^-----BEGIN (${label})-----\\s*$`)

/**
 * Every block of a text. Headers of old encrypted keys stay out of the bytes, and such a block
 * is told by its label alone.
 * @throws {X509Error} for a block that does not end or is not Base64.
 */
export function parsePem(text: string): PemBlock[] {
  if (text.length > textMax) {
    throw new X509Error('too_large', `has over ${textMax} characters of PEM`)
  }
  if (!text.includes('-----BEGIN ')) return []
  const blocks: PemBlock[] = []
  const lines = text.split(/\r\n|\n|\r/)
  for (let at = 0; at < lines.length; at++) {
    const begins = opening.exec((lines[at] ?? '').trimStart())
    if (begins === null) continue
    if (blocks.length >= blocksMax) {
      throw new X509Error('too_large', `has over ${blocksMax} PEM blocks`)
    }
    const name = begins[1] ?? ''
    let end = at + 1
    while (end < lines.length && !lines[end]?.includes('-----')) end += 1
    if (lines[end]?.trim() !== `-----END ${name}-----`) {
      throw new X509Error('malformed', `the ${name} that begins in line ${at + 1} does not end`)
    }
    blocks.push({ label: name, bytes: decode(lines.slice(at + 1, end), name, at), line: at + 1 })
    at = end
  }
  return blocks
}

function decode(lines: readonly string[], name: string, at: number): Uint8Array {
  const body = lines.filter((line) => !line.includes(':') && line.trim() !== '')
  const text = body.join('').replace(/\s+/g, '')
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new X509Error('malformed', `the ${name} in line ${at + 1} is not Base64`)
  }
  return Buffer.from(text, 'base64')
}

export function encodePem(name: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  const lines = text.match(/.{1,64}/g) ?? []
  return `-----BEGIN ${name}-----\n${lines.join('\n')}\n-----END ${name}-----\n`
}

/** The one block of a label, where there must be exactly one. */
export function onlyPem(text: string, name: string): Uint8Array {
  const found = parsePem(text).filter((block) => block.label === name)
  const [first] = found
  if (first === undefined || found.length > 1) {
    const count = found.length === 0 ? 'no' : found.length
    throw new X509Error('malformed', `there is ${count} PEM block "${name}"; exactly one is taken`)
  }
  return first.bytes
}
