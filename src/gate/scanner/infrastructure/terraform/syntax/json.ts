// Reads Terraform's JSON form. Its objects do not say whether they are blocks or maps; those that
// the language itself knows become blocks, the others stay objects, which checks read alike.
import type { SourceText } from '../../../source-text.ts'
import { parseExpression } from './hcl.ts'
import { JsonReader } from './json-reader.ts'
import type { Attribute, Block, Body, Expression, ObjectItem, ParsedFile } from './tree.ts'

/** Never throws for what the text holds. */
export function parseTerraformJson(source: SourceText): ParsedFile {
  const { path } = source
  // A text with `${` or `%{` in it is a template, written as HCL has it between the quotes.
  const reader = new JsonReader(source, (place) => parseExpression(source, place))
  const root = reader.read()
  const fault =
    reader.faultAt === null
      ? null
      : `${path} could not be read to its end: line ${source.positionAt(reader.faultAt).line}`
  if (root?.kind !== 'object') return { path, body: { attributes: [], blocks: [] }, fault }
  const body = /\.tfvars\.json$/.test(path) ? valuesOf(root) : fileOf(root)
  return { path, body, fault }
}

type JsonObject = Expression & { kind: 'object' }

function valuesOf(root: JsonObject): Body {
  return { attributes: root.items.map(attributeOf), blocks: [] }
}

/** How many names stand between the type of a block and its body. */
const labelCounts: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  module: 1,
  variable: 1,
  output: 1,
  provider: 1,
  locals: 0,
  terraform: 0,
}

function fileOf(root: JsonObject): Body {
  const blocks: Block[] = []
  for (const item of root.items) {
    const type = keyOf(item)
    const labels = Object.hasOwn(labelCounts, type) ? labelCounts[type] : undefined
    if (labels !== undefined) addBlocks(blocks, { type, labels: [], left: labels }, item)
  }
  return { attributes: [], blocks }
}

interface Header {
  type: string
  labels: readonly string[]
  left: number
}

function addBlocks(blocks: Block[], header: Header, { value, place }: ObjectItem): void {
  const objects = value.kind === 'list' ? value.items : [value]
  for (const object of objects) {
    if (object.kind !== 'object') continue
    if (header.left === 0) {
      const { type, labels } = header
      blocks.push({ type, labels, body: bodyOf(object), place })
      continue
    }
    for (const item of object.items) {
      const labels = [...header.labels, keyOf(item)]
      addBlocks(blocks, { ...header, labels, left: header.left - 1 }, item)
    }
  }
}

function bodyOf(object: JsonObject): Body {
  const attributes: Attribute[] = []
  const blocks: Block[] = []
  for (const item of object.items) {
    if (keyOf(item) === 'dynamic') addDynamic(blocks, item)
    else attributes.push(attributeOf(item))
  }
  return { attributes, blocks }
}

function addDynamic(blocks: Block[], { value }: ObjectItem): void {
  if (value.kind !== 'object') return
  for (const item of value.items) {
    const inner = item.value.kind === 'list' ? item.value.items[0] : item.value
    if (inner?.kind !== 'object') continue
    const { attributes } = bodyOf(inner)
    const content = inner.items.find((one) => keyOf(one) === 'content')?.value
    const body = content?.kind === 'object' ? bodyOf(content) : { attributes: [], blocks: [] }
    const { place } = item
    const contents = [{ type: 'content', labels: [], body, place }]
    const kept = attributes.filter(({ name }) => name !== 'content')
    const dynamic = { attributes: kept, blocks: contents }
    blocks.push({ type: 'dynamic', labels: [keyOf(item)], body: dynamic, place })
  }
}

function attributeOf(item: ObjectItem): Attribute {
  return { name: keyOf(item), expression: item.value, place: item.place }
}

const keyOf = ({ key }: ObjectItem) => (key.kind === 'literal' ? String(key.value) : '')
