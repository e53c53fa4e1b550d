// The grammar of JSON, one byte at a time: what may come next, and where in the document we are.
// It sees everything but the elements that are taken out.
import * as bytes from './bytes.ts'
import { InvalidJson } from './invalid.ts'
import type { PathNode } from './paths.ts'

interface Frame<Leaf> {
  isList: boolean
  node: PathNode<Leaf> | null
  /** Of the list's current element. */
  index: number
  /** Members that lie on a path: those must not come twice. */
  seen: Set<string> | null
}

type State =
  | 'value'
  | 'valueOrEnd'
  | 'key'
  | 'keyOrEnd'
  | 'colon'
  | 'commaOrEnd'
  | 'string'
  | 'escape'
  | 'hex'
  | 'scalar'
  | 'done'

const scalar = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/
const scalarBytesMax = 400
/** Longer ones are on no path, however they are escaped. */
const keyBytesMax = 200

export class Structure<Leaf> {
  private readonly root: PathNode<Leaf>
  private readonly depthMax: number
  private readonly frames: Frame<Leaf>[] = []
  private leaf: Leaf | null = null
  private state: State = 'value'
  /** Characters of the current key, number or literal, one per byte. */
  private token = ''
  private isKey = false
  private hexLeft = 0
  private key = ''

  constructor(root: PathNode<Leaf>, depthMax: number) {
    this.root = root
    this.depthMax = depthMax
  }

  get depth(): number {
    return this.frames.length
  }

  /** The index in each list that we are in, outermost first. */
  get indices(): number[] {
    return this.frames.filter((frame) => frame.isList).map((frame) => frame.index)
  }

  /** Set directly within a list whose elements are taken out. */
  get list(): Leaf | null {
    return this.leaf
  }

  /** The path whose next element starts with this byte, if one does. */
  elementAt(byte: number): Leaf | null {
    if (this.leaf === null || bytes.endsScalar(byte)) return null
    return this.state === 'value' || this.state === 'valueOrEnd' ? this.leaf : null
  }

  /** An element was taken out here. */
  elementTaken(): void {
    this.state = 'commaOrEnd'
  }

  next(byte: number, offset: number): void {
    const { state } = this
    if (state === 'string') this.inString(byte, offset)
    else if (state === 'escape') this.inEscape(byte, offset)
    else if (state === 'hex') this.inHex(byte, offset)
    else if (state === 'scalar') this.inScalar(byte, offset)
    else if (!bytes.isSpace(byte)) this.between(byte, offset)
  }

  /** Throws unless the document is whole. */
  end(offset: number): void {
    if (this.state === 'scalar' && this.depth === 0) this.endScalar(offset)
    if (this.state === 'done') return
    throw new InvalidJson(offset === 0 ? 'is empty' : 'ends before it is complete', offset)
  }

  private between(byte: number, offset: number): void {
    const { state } = this
    const mayEnd = state === 'valueOrEnd' || state === 'keyOrEnd'
    if (state === 'commaOrEnd' || state === 'done') this.afterValue(byte, offset)
    else if (mayEnd && byte === this.closing()) this.leave()
    else if (state === 'value' || state === 'valueOrEnd') this.startValue(byte, offset)
    else if (state === 'colon') {
      if (byte !== bytes.colon) throw unexpected(byte, offset, '":"')
      this.state = 'value'
    } else {
      if (byte !== bytes.quote) throw unexpected(byte, offset, 'a name in quotes')
      this.startString(true)
    }
  }

  private closing(): number {
    return this.frames.at(-1)?.isList ? bytes.squareClose : bytes.curlyClose
  }

  private afterValue(byte: number, offset: number): void {
    const frame = this.frames.at(-1)
    if (frame === undefined) throw unexpected(byte, offset, 'the end of the document')
    if (byte === bytes.comma) {
      frame.index += 1
      this.state = frame.isList ? 'value' : 'key'
      return
    }
    if (byte !== this.closing()) {
      throw unexpected(byte, offset, frame.isList ? '"," or "]"' : '"," or "}"')
    }
    this.leave()
  }

  private startValue(byte: number, offset: number): void {
    if (byte === bytes.curlyOpen || byte === bytes.squareOpen) {
      this.enter(byte === bytes.squareOpen, offset)
    } else if (byte === bytes.quote) this.startString(false)
    else if (bytes.endsScalar(byte)) throw unexpected(byte, offset, 'a value')
    else {
      this.token = String.fromCharCode(byte)
      this.state = 'scalar'
    }
  }

  private enter(isList: boolean, offset: number): void {
    if (this.depth >= this.depthMax) {
      throw new InvalidJson(`is nested deeper than ${this.depthMax} levels`, offset)
    }
    this.frames.push({ isList, node: this.childNode(), index: 0, seen: null })
    this.findLeaf()
    this.state = isList ? 'valueOrEnd' : 'keyOrEnd'
  }

  private childNode(): PathNode<Leaf> | null {
    const frame = this.frames.at(-1)
    if (frame === undefined) return this.root
    if (frame.node === null) return null
    return (frame.isList ? frame.node.each : frame.node.members.get(this.key)) ?? null
  }

  private leave(): void {
    this.frames.pop()
    this.findLeaf()
    this.endValue()
  }

  private findLeaf(): void {
    const frame = this.frames.at(-1)
    this.leaf = frame?.isList ? (frame.node?.each?.leaf ?? null) : null
  }

  private endValue(): void {
    this.state = this.depth === 0 ? 'done' : 'commaOrEnd'
  }

  private startString(isKey: boolean): void {
    this.isKey = isKey
    this.token = ''
    this.state = 'string'
  }

  private inString(byte: number, offset: number): void {
    if (byte === bytes.quote) {
      if (this.isKey) this.endKey(offset)
      else this.endValue()
      return
    }
    if (byte < 0x20) throw new InvalidJson('has a control character within a text', offset)
    if (byte === bytes.backslash) this.state = 'escape'
    this.remember(byte)
  }

  private inEscape(byte: number, offset: number): void {
    if (!bytes.isEscape(byte)) throw new InvalidJson('has an unknown escape in a text', offset)
    this.remember(byte)
    this.hexLeft = 4
    this.state = byte === bytes.letterU ? 'hex' : 'string'
  }

  private inHex(byte: number, offset: number): void {
    if (!bytes.isHexDigit(byte)) throw new InvalidJson('has an unknown escape in a text', offset)
    this.remember(byte)
    this.hexLeft -= 1
    if (this.hexLeft === 0) this.state = 'string'
  }

  private remember(byte: number): void {
    if (this.isKey && this.token.length < keyBytesMax) this.token += String.fromCharCode(byte)
  }

  private endKey(offset: number): void {
    this.state = 'colon'
    this.key = ''
    const frame = this.frames.at(-1)
    if (frame === undefined || frame.node === null || this.token.length >= keyBytesMax) return
    this.key = this.token.includes('\\') ? String(JSON.parse(`"${this.token}"`)) : this.token
    if (!frame.node.members.has(this.key)) return
    frame.seen ??= new Set()
    if (frame.seen.has(this.key)) {
      throw new InvalidJson(`has the name "${this.key}" twice in one object`, offset)
    }
    frame.seen.add(this.key)
  }

  private inScalar(byte: number, offset: number): void {
    if (bytes.endsScalar(byte)) {
      this.endScalar(offset)
      if (!bytes.isSpace(byte)) this.between(byte, offset)
      return
    }
    this.token += String.fromCharCode(byte)
    if (this.token.length > scalarBytesMax) {
      throw new InvalidJson(`has a number of over ${scalarBytesMax} digits`, offset)
    }
  }

  private endScalar(offset: number): void {
    if (!scalar.test(this.token)) {
      const seen = JSON.stringify(this.token.slice(0, 20))
      throw new InvalidJson(`has ${seen} where a value must stand`, offset - this.token.length)
    }
    this.endValue()
  }
}

function unexpected(byte: number, offset: number, wanted: string): InvalidJson {
  const seen = byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte ${byte}`
  return new InvalidJson(`has ${seen} where ${wanted} must stand`, offset)
}
