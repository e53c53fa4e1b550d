// Takes the fields of a YAML mapping out, each once and checked; what is wrong is told with line.
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml'
import { SettingsError } from './settings.ts'

interface File {
  path: string
  lines: LineCounter
}

export class YamlFields {
  readonly #file: File
  readonly #where: string
  readonly #map: YAMLMap | null
  readonly #left: Map<string, { key: Node; value: Node | null }>

  private constructor(file: File, where: string, map: YAMLMap | null) {
    this.#file = file
    this.#where = where
    this.#map = map
    this.#left = new Map()
    for (const { key, value } of map?.items ?? []) {
      const name = isScalar(key) ? String(key.value) : ''
      this.#left.set(name, { key: key as Node, value: (value ?? null) as Node | null })
    }
  }

  /** @throws {SettingsError} when the text is no YAML, or no mapping */
  static read(text: string, path: string): YamlFields {
    const lines = new LineCounter()
    const file = { path, lines }
    const document = parsed(text, file)
    const [problem] = document.errors
    if (problem !== undefined) {
      const said = problem.message.split('\n')[0] ?? ''
      const line = problem.linePos?.[0].line ?? 1
      throw new SettingsError(said.replace(/ at line \d+.*$/, ''), { path, line })
    }
    const { contents } = document
    // A file of comments alone says nothing, and nothing wrong.
    if (contents === null) return new YamlFields(file, '', null)
    if (isScalar(contents) && contents.value === null) return new YamlFields(file, '', null)
    if (isMap(contents)) return new YamlFields(file, '', contents)
    throw refusal(file, contents, 'it must be a mapping')
  }

  /** The line on which the mapping begins. */
  get line(): number {
    return lineOf(this.#file, this.#map)
  }

  /** The mapping under a key; an empty one where it is not there. */
  child(key: string): YamlFields {
    const node = this.#take(key)
    const where = this.#name(key)
    if (node === null || (isScalar(node) && node.value === null)) {
      return new YamlFields(this.#file, where, null)
    }
    if (isMap(node)) return new YamlFields(this.#file, where, node)
    throw refusal(this.#file, node, `${where} must be a mapping`)
  }

  /** The mappings of a list. */
  children(key: string): YamlFields[] {
    return this.#items(key).map((node, index) => {
      const where = `${this.#name(key)}[${index}]`
      if (isMap(node)) return new YamlFields(this.#file, where, node)
      throw refusal(this.#file, node, `${where} must be a mapping`)
    })
  }

  text(key: string, pattern = /\S/, accepted = 'a text'): string | null {
    const node = this.#take(key)
    return node === null ? null : this.#textOf(node, this.#name(key), { pattern, accepted })
  }

  list(key: string): string[] {
    const form = { pattern: /\S/, accepted: 'a text' }
    return this.#items(key).map((node) => this.#textOf(node, this.#name(key), form))
  }

  oneOf<Choice extends string>(key: string, choices: readonly Choice[]): Choice | null {
    const node = this.#take(key)
    return node === null ? null : this.#choiceOf(node, this.#name(key), choices)
  }

  listOf<Choice extends string>(key: string, choices: readonly Choice[]): Choice[] | null {
    if (!this.#left.has(key)) return null
    return this.#items(key).map((node) => this.#choiceOf(node, this.#name(key), choices))
  }

  /** All that is left, as a mapping to choices. */
  rest<Choice extends string>(choices: readonly Choice[]): Map<string, Choice> {
    const values = new Map<string, Choice>()
    for (const [name, { key, value }] of this.#left) {
      values.set(name, this.#choiceOf(value ?? key, this.#name(name), choices))
    }
    this.#left.clear()
    return values
  }

  /** @throws {SettingsError} for the first key that was not asked for */
  nothingElse(known: readonly string[]): void {
    for (const [typed, { key }] of this.#left) {
      const place = { path: this.#file.path, line: lineOf(this.#file, key) }
      throw new SettingsError(`unknown key "${this.#name(typed)}"`, place, { typed, known })
    }
  }

  /** @throws {SettingsError} always, at this mapping */
  refuse(what: string): never {
    const place = { path: this.#file.path, line: this.line }
    throw new SettingsError(`${this.#where} ${what}`, place)
  }

  #name(key: string): string {
    return this.#where === '' ? key : `${this.#where}.${key}`
  }

  #take(key: string): Node | null {
    const entry = this.#left.get(key)
    this.#left.delete(key)
    return entry === undefined ? null : (entry.value ?? entry.key)
  }

  #items(key: string): Node[] {
    const node = this.#take(key)
    if (node === null) return []
    if (isSeq(node)) return node.items as Node[]
    throw refusal(this.#file, node, `${this.#name(key)} must be a list`)
  }

  #textOf(
    node: Node,
    name: string,
    { pattern, accepted }: { pattern: RegExp; accepted: string },
  ): string {
    const value = isScalar(node) ? node.value : null
    // A day and a version are no texts to YAML, but they are to whoever writes them.
    const text = isScalar(node) && typeof value !== 'string' ? (node.source ?? '') : value
    if (typeof text === 'string' && value !== null && pattern.test(text)) return text.trim()
    throw refusal(this.#file, node, `${name} must be ${accepted}`)
  }

  #choiceOf<Choice extends string>(node: Node, name: string, choices: readonly Choice[]): Choice {
    const value = isScalar(node) ? String(node.value) : ''
    const choice = choices.find((candidate) => candidate === value)
    if (choice !== undefined) return choice
    const place = { path: this.#file.path, line: lineOf(this.#file, node) }
    const said = `${name} must be one of ${choices.join(', ')}, and is "${value}"`
    throw new SettingsError(said, place, { typed: value, known: choices })
  }
}

/** The parser calls itself for every level; whoever nests without end ends it. */
function parsed(text: string, { path, lines }: File) {
  try {
    return parseDocument(text, { uniqueKeys: true, lineCounter: lines })
  } catch {
    throw new SettingsError('it nests too deeply to be read', { path, line: 1 })
  }
}

function refusal(file: File, node: Node, what: string): SettingsError {
  return new SettingsError(what, { path: file.path, line: lineOf(file, node) })
}

function lineOf({ lines }: File, node: Node | null): number {
  return lines.linePos(node?.range?.[0] ?? 0).line
}
