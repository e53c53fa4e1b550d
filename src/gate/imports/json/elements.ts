// Takes a JSON document of any size apart in one pass over its bytes: the elements of chosen lists
// are handed over one by one, everything around them is kept as one small value. So a report of a
// gigabyte costs the memory of its largest element. Takes what JSON.parse takes (RFC 8259).
import { Element } from './element.ts'
import { InvalidJson, SkeletonTooLarge } from './invalid.ts'
import { compilePaths, placeOf } from './paths.ts'
import { Structure } from './structure.ts'

/** Takes the elements of one path. */
export interface ElementPath {
  elementsMax: number
  /**
   * The indices are those of the path's `*`, outermost first. Without it the elements are only
   * counted, and their inside is not checked.
   */
  onElement?: (element: unknown, indices: readonly number[]) => void
}

export interface JsonLimits {
  bytesMax: number
  depthMax: number
  elementBytesMax: number
  /** Of everything outside the chosen lists. */
  skeletonBytesMax: number
}

interface Leaf extends ElementPath {
  path: string
  count: number
}

export class JsonElements {
  private readonly limits: JsonLimits
  private readonly leaves: ReadonlyMap<string, Leaf>
  private readonly structure: Structure<Leaf>
  private readonly element = new Element()
  /** Set while within an element. */
  private leaf: Leaf | null = null
  /** Bytes before the current chunk. */
  private before = 0
  private readonly skeleton: Buffer[] = []
  private skeletonBytes = 0
  private markBytes = 0

  /** @param paths `runs.*.results.*`: names and `*`, which stands for each element of a list */
  constructor(paths: Readonly<Record<string, ElementPath>>, limits: JsonLimits) {
    this.limits = limits
    this.leaves = new Map(
      Object.entries(paths).map(([path, taken]) => [path, { ...taken, path, count: 0 }]),
    )
    this.structure = new Structure(compilePaths(this.leaves), limits.depthMax)
  }

  /** Takes the next bytes, cut anywhere. Throws InvalidJson, or what `onElement` throws. */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    if (this.before + bytes.length > this.limits.bytesMax) {
      throw new InvalidJson(`is larger than ${this.limits.bytesMax} bytes`, this.limits.bytesMax)
    }
    let at = this.skipMark(bytes)
    let kept = at
    while (at < bytes.length) {
      if (this.leaf !== null) {
        at = this.inElement(this.leaf, bytes, at)
        kept = at
        continue
      }
      const byte = bytes[at] as number
      const { list } = this.structure
      const leaf = this.structure.elementAt(byte)
      if (leaf === null) {
        this.structure.next(byte, this.before + at)
        at += 1
        // Of a list that is taken apart, only its brackets stay.
        if (list !== null && this.structure.list !== null) kept = at
      } else this.startElement(leaf, byte, this.before + at)
      if (this.structure.list !== null && list === null) {
        this.keep(bytes, kept, at)
        kept = at
      }
    }
    if (this.leaf === null) this.keep(bytes, kept, at)
    this.before += bytes.length
  }

  /** Answers the document with the chosen lists empty. Throws InvalidJson where it is cut short. */
  end(): unknown {
    if (this.leaf !== null) {
      throw new InvalidJson(`ends within ${this.place(this.leaf)}`, this.before)
    }
    this.structure.end(this.before)
    return JSON.parse(Buffer.concat(this.skeleton).toString('utf8'))
  }

  /** How many elements of a path have been seen. */
  count(path: string): number {
    return this.leaves.get(path)?.count ?? 0
  }

  /** Some tools begin with a byte order mark, which JSON.parse would refuse. */
  private skipMark(bytes: Buffer): number {
    let at = 0
    while (
      at < bytes.length &&
      this.before + at === this.markBytes &&
      bytes[at] === byteOrderMark[this.markBytes]
    ) {
      this.markBytes += 1
      at += 1
    }
    return at
  }

  private keep(bytes: Buffer, from: number, to: number): void {
    if (to <= from) return
    this.skeletonBytes += to - from
    if (this.skeletonBytes > this.limits.skeletonBytesMax) {
      const lists = [...this.leaves.keys()].map(listOf).join(', ')
      const message = `has over ${this.limits.skeletonBytesMax} bytes outside of ${lists}`
      throw new SkeletonTooLarge(message, this.before + from)
    }
    // A copy: the chunk belongs to its stream, and a small part would keep all of it alive.
    this.skeleton.push(Buffer.from(bytes.subarray(from, to)))
  }

  private startElement(leaf: Leaf, first: number, offset: number): void {
    leaf.count += 1
    if (leaf.count > leaf.elementsMax) {
      const message = `has more than ${leaf.elementsMax} elements in ${listOf(leaf.path)}`
      throw new InvalidJson(message, offset)
    }
    this.leaf = leaf
    this.element.start(first, offset)
  }

  /** Answers the index after what it has taken. */
  private inElement(leaf: Leaf, bytes: Buffer, from: number): number {
    const { element, limits } = this
    const to = element.scan(bytes, from, limits.depthMax - this.structure.depth)
    if (element.isTooDeep) {
      throw new InvalidJson(`is nested deeper than ${limits.depthMax} levels`, this.before + to)
    }
    element.take(bytes, { from, to, keep: leaf.onElement !== undefined })
    if (element.bytes > limits.elementBytesMax) {
      const message = `has over ${limits.elementBytesMax} bytes in ${this.place(leaf)}`
      throw new InvalidJson(message, element.offset)
    }
    if (element.isComplete) {
      this.leaf = null
      leaf.onElement?.(this.parse(leaf), this.structure.indices)
      this.structure.elementTaken()
    }
    return to
  }

  private parse(leaf: Leaf): unknown {
    try {
      return JSON.parse(this.element.text())
    } catch {
      // Not the parser's own words: they quote the document, which may hold secrets.
      throw new InvalidJson(`is not valid JSON in ${this.place(leaf)}`, this.element.offset)
    }
  }

  private place(leaf: Leaf): string {
    return placeOf(leaf.path, this.structure.indices)
  }
}

const byteOrderMark = [0xef, 0xbb, 0xbf]

function listOf(path: string): string {
  return path.replace(/\.\*$/, '').replaceAll('.*', '[]')
}
