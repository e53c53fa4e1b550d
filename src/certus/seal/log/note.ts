// Signed notes and the checkpoints in them (C2SP signed-note, tlog-checkpoint): the head of a log
// as a text that any tool of that family reads. Signed with Ed25519.
import { ed25519Verifies, sha256 } from '../crypto.ts'
import type { Hash } from './hash.ts'

export interface Checkpoint {
  /** Names the log, a URL without its scheme. */
  origin: string
  size: number
  root: Hash
}

export interface NoteKey {
  /** Of the log the origin; of a witness its own. Without spaces and `+`. */
  name: string
  /** 32 bytes. */
  publicKey: Uint8Array
}

export interface NoteSigner extends NoteKey {
  sign(message: Uint8Array): Uint8Array
}

export class NoteFault extends Error {
  readonly code: 'malformed' | 'unknown_key' | 'bad_signature'

  constructor(code: NoteFault['code'], message: string) {
    super(message)
    this.name = 'NoteFault'
    this.code = code
  }
}

const noteBytesMax = 65_536
const signaturesMax = 32
const ed25519Type = 0x01
const sizeForm = /^(?:0|[1-9]\d{0,15})$/
const signatureForm = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/

/** The checkpoint as a signed note; it ends with a newline. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  const text = textOf(checkpoint)
  const signature = signer.sign(Buffer.from(text))
  const blob = Buffer.concat([keyIdOf(signer), signature]).toString('base64')
  return `${text}\n— ${signer.name} ${blob}\n`
}

/** Throws NoteFault unless a signature by a key that is given verifies and none of them fails. */
export function openCheckpoint(note: string, keys: readonly NoteKey[]): Checkpoint {
  if (note.length > noteBytesMax) throw new NoteFault('malformed', 'the note is too long')
  const split = note.lastIndexOf('\n\n')
  if (split === -1 || !note.endsWith('\n')) throw new NoteFault('malformed', 'it is no signed note')
  const text = note.slice(0, split + 1)
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > signaturesMax) throw new NoteFault('malformed', 'too many signatures')
  const verified = lines.filter((line) => isVerified(line, text, keys))
  if (verified.length === 0) throw new NoteFault('unknown_key', 'no known key has signed the note')
  return checkpointIn(text)
}

/** A key as tools of this family take it: `<name>+<id>+<base64 of type and key>`. */
export function verifierKey(key: NoteKey): string {
  const id = Buffer.from(keyIdOf(key)).toString('hex')
  return `${key.name}+${id}+${Buffer.from([ed25519Type, ...key.publicKey]).toString('base64')}`
}

function isVerified(line: string, text: string, keys: readonly NoteKey[]): boolean {
  const [, name, blob] = signatureForm.exec(line) ?? []
  if (name === undefined || blob === undefined) {
    throw new NoteFault('malformed', 'a signature line is malformed')
  }
  const bytes = Buffer.from(blob, 'base64')
  if (bytes.toString('base64') !== blob) throw new NoteFault('malformed', 'it is not base64')
  const id = bytes.subarray(0, 4)
  const known = keys.find((key) => key.name === name && id.equals(keyIdOf(key)))
  // Others may have signed, too: witnesses that this reader does not know.
  if (known === undefined) return false
  if (ed25519Verifies(known.publicKey, Buffer.from(text), bytes.subarray(4))) return true
  throw new NoteFault('bad_signature', `the signature of ${name} is not of this note`)
}

function textOf({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
}

function checkpointIn(text: string): Checkpoint {
  const [origin = '', size = '', hash = '', ...rest] = text.slice(0, -1).split('\n')
  const root = Buffer.from(hash, 'base64')
  const isWhole = origin !== '' && sizeForm.test(size) && root.length === 32
  // Extension lines mean something to someone else; here they would be a second, unread meaning.
  if (!isWhole || rest.length > 0 || root.toString('base64') !== hash) {
    throw new NoteFault('malformed', 'the note is no checkpoint')
  }
  return { origin, size: Number(size), root }
}

function keyIdOf({ name, publicKey }: NoteKey): Uint8Array {
  const head = Buffer.from(`${name}\n`)
  return sha256(head, Uint8Array.of(ed25519Type), publicKey).subarray(0, 4)
}
