// Cobertura and JaCoCo: the sums at the root, read as a stream. Entities that a document type
// declares are never expanded, and nothing that it names is fetched.
import { SaxesParser } from 'saxes'
import type { Sum, Sums } from './sums.ts'

const elementsMax = 5_000_000
const depthMax = 50

/** Null where it is neither, or no XML to its end. */
export function readXml(text: string): Sums | null {
  const reader = new Reader()
  const parser = new SaxesParser()
  const stop = () => {
    throw new Stop()
  }
  parser.on('error', stop)
  parser.on('opentag', ({ name, attributes }) => {
    if (!reader.open(name, attributes)) stop()
  })
  parser.on('closetag', () => reader.close())
  try {
    parser.write(text).close()
  } catch {
    return null
  }
  return reader.sums()
}

class Stop extends Error {}

type Attributes = Readonly<Record<string, string>>

class Reader {
  readonly #path: string[] = []
  readonly #counters = new Map<string, Sum>()
  readonly #counted = { covered: 0, total: 0 }
  #root: Attributes = {}
  #rootName = ''
  #elements = 0

  /** False where there is too much of it. */
  open(name: string, attributes: Attributes): boolean {
    if (this.#path.length === 0) {
      this.#rootName = name
      this.#root = attributes
    }
    const above = this.#path.at(-1)
    // The lines of methods stand once more among those of their class.
    const ofClass = above === 'lines' && this.#path.at(-2) === 'class'
    if (name === 'line' && ofClass) {
      this.#counted.total += 1
      if (Number(attributes.hits) > 0) this.#counted.covered += 1
    }
    if (name === 'counter' && this.#path.length === 1) this.#count(attributes)
    this.#path.push(name)
    this.#elements += 1
    return this.#elements <= elementsMax && this.#path.length <= depthMax
  }

  close(): void {
    this.#path.pop()
  }

  sums(): Sums | null {
    if (this.#rootName === 'report') {
      const lines = this.#counters.get('LINE')
      const branches = this.#counters.get('BRANCH') ?? null
      return lines === undefined ? null : { format: 'jacoco', lines, branches }
    }
    if (this.#rootName !== 'coverage') return null
    const told = this.#told('lines-covered', 'lines-valid')
    const branches = this.#told('branches-covered', 'branches-valid')
    const lines = told ?? this.#counted
    return { format: 'cobertura', lines, branches: branches?.total === 0 ? null : branches }
  }

  #told(covered: string, total: string): Sum | null {
    const sum = { covered: numberIn(this.#root[covered]), total: numberIn(this.#root[total]) }
    return Number.isNaN(sum.covered) || Number.isNaN(sum.total) ? null : sum
  }

  #count({ type = '', missed, covered }: Attributes): void {
    const hit = numberIn(covered)
    this.#counters.set(type, { covered: hit, total: hit + numberIn(missed) })
  }
}

function numberIn(text: string | undefined): number {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : Number.NaN
}
