// XML as a tree with places. Entities that a document type declares are never expanded.
import { SaxesParser } from 'saxes'
import { Unreadable } from './unreadable.ts'

export interface XmlElement {
  /** Without its namespace's prefix. */
  name: string
  attributes: ReadonlyMap<string, string>
  children: readonly XmlElement[]
  /** Trimmed. */
  text: string
  /** Of the start tag. */
  start: number
  end: number
}

export interface XmlDocument {
  root: XmlElement
  /** False where the text ended early or had faults: then the tree holds what came before. */
  isWhole: boolean
}

const depthMax = 100
const elementsMax = 100_000
/** Each costs the parser much more than a tag does. */
const faultsMax = 20

export function parseXml(text: string): XmlDocument {
  const builder = new TreeBuilder(text)
  const root = builder.build()
  if (root === null) throw new Unreadable('not valid XML')
  return { root, isWhole: builder.isWhole }
}

export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? []

export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name)

/** null where there is no such child, or an empty one. */
export const childText = (element: XmlElement | undefined, name: string): string | null =>
  childOf(element, name)?.text || null

/** Where the text of an element stands. */
export function textPlace(
  source: string,
  { end, text }: XmlElement,
): { start: number; end: number } {
  const at = source.indexOf(text.slice(0, 1), end)
  const start = at === -1 ? end : at
  return { start, end: start + text.length }
}

/** Where the value of an attribute stands. */
export function attributePlace(
  source: string,
  { start, end }: XmlElement,
  name: string,
): { start: number; end: number } {
  const tag = source.slice(start, end)
  const found = new RegExp(String.raw`\s${name}\s*=\s*(?:"([^"]*)"|'([^']*)')`).exec(tag)
  if (found === null) return { start, end }
  const value = found[1] ?? found[2] ?? ''
  const from = start + found.index + found[0].length - 1 - value.length
  return { start: from, end: from + value.length }
}

/** Ends the reading; what was read until then stands. */
class TooMuch extends Error {}

interface Open extends XmlElement {
  children: XmlElement[]
}

class TreeBuilder {
  isWhole = true
  readonly #text: string
  readonly #parser = new SaxesParser()
  readonly #open: Open[] = []
  #root: XmlElement | null = null
  #elements = 0
  #faults = 0

  constructor(text: string) {
    this.#text = text
    this.#parser.on('error', () => this.#fault())
    this.#parser.on('opentag', (tag) => this.#start(tag.name, tag.attributes))
    this.#parser.on('closetag', () => this.#end())
    this.#parser.on('text', (part) => this.#add(part))
    this.#parser.on('cdata', (part) => this.#add(part))
  }

  build(): XmlElement | null {
    try {
      // Only a byte order mark may stand before the declaration; an empty line is none, to us.
      this.#parser.write(this.#text.replace(/^\n/, '\ufeff')).close()
    } catch {
      this.isWhole = false
    }
    if (this.#open.length > 0) this.isWhole = false
    return this.#root
  }

  #start(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#open.length >= depthMax || ++this.#elements > elementsMax) throw new TooMuch()
    const end = this.#parser.position
    const element: Open = {
      name: name.slice(name.indexOf(':') + 1),
      attributes: new Map(Object.entries(attributes)),
      children: [],
      text: '',
      start: Math.max(this.#text.lastIndexOf('<', end - 1), 0),
      end,
    }
    const above = this.#open.at(-1)
    if (above === undefined) this.#root ??= element
    else above.children.push(element)
    this.#open.push(element)
  }

  #fault(): void {
    this.isWhole = false
    if (++this.#faults > faultsMax) throw new TooMuch()
  }

  #end(): void {
    const element = this.#open.pop()
    if (element !== undefined) element.text = element.text.trim()
  }

  #add(part: string): void {
    const element = this.#open.at(-1)
    if (element !== undefined) element.text += part
  }
}
