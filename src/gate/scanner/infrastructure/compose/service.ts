// One service of a Compose file, with its short forms written out.
import { imageView } from '../image.ts'
import {
  entryAt,
  entryOf,
  extended,
  itemsAt,
  list,
  made,
  scalar,
  textAt,
  textOf,
  unknown,
  valueAt,
} from '../mapping.ts'
import type { Entry, Mapping, Value } from '../resource.ts'

/**
 * What is written there, with these in one form:
 *
 * - `ports`: a list of `{ host?, published?, target, protocol? }`
 * - `volumes`: a list of `{ source?, target, writable }`; volumes with names have no source
 * - `environment`: a mapping
 * - `arguments`: a list of the words of `entrypoint` and `command`
 * - `imageParts`: `{ text, repository, name, tag?, digest? }`
 */
export function serviceView(service: Mapping): Mapping {
  const more: Record<string, Entry | undefined> = {
    ports: listed(service, 'ports', portView),
    volumes: listed(service, 'volumes', volumeView),
    environment: environmentOf(service),
    arguments: argumentsOf(service),
  }
  const image = valueAt(service, 'image')
  const text = textOf(image)
  if (image !== undefined && text !== null) more.imageParts = entryOf(imageView(text, image.place))
  // What it extends may set all that is missing here.
  const open = service.open || service.entries.has('extends')
  return { ...extended(service, more), open }
}

function listed(service: Mapping, key: string, view: (item: Value) => Value): Entry | undefined {
  const entry = entryAt(service, key)
  if (entry === undefined) return undefined
  const items = itemsAt(service, key).map(view)
  return { ...entry, value: list(items, entry.value.place) }
}

function portView(item: Value): Value {
  const { place } = item
  const text = textOf(item)
  const values: Record<string, Value | undefined> = {}
  if (item.kind === 'map') {
    values.host = valueAt(item, 'host_ip')
    for (const key of ['published', 'target', 'protocol']) values[key] = valueAt(item, key)
    return made(values, place)
  }
  const parts = text === null ? null : shortPort.exec(text)
  if (parts?.groups === undefined) return unknown(place)
  const { host, published, target, protocol } = parts.groups
  for (const [key, value] of Object.entries({ host, published, target, protocol })) {
    if (value !== undefined) values[key] = scalar(value, place)
  }
  return made(values, place)
}

const range = '\\d{1,5}(?:-\\d{1,5})?'
const shortPort = new RegExp(
  [
    '^(?:(?:(?<host>[\\d.]{7,15}|\\[?[\\da-fA-F:.]{2,45}\\]?|localhost):)?',
    `(?<published>${range})?:)?(?<target>${range})(?:/(?<protocol>[a-z]{1,5}))?$`,
  ].join(''),
)

function volumeView(item: Value): Value {
  const { place } = item
  if (item.kind === 'map') {
    const isBind = textAt(item, 'type') !== 'volume' && textAt(item, 'type') !== 'tmpfs'
    const readOnly = valueAt(item, 'read_only')
    return made(
      {
        source: isBind ? valueAt(item, 'source') : undefined,
        target: valueAt(item, 'target'),
        writable: scalar(!(readOnly?.kind === 'scalar' && readOnly.value === true), place),
      },
      place,
    )
  }
  const text = textOf(item)
  if (text === null) return unknown(place)
  const parts = shortVolume.exec(text)
  const [, source = '', target = text, mode = ''] = parts ?? []
  const isPath = /^(?:[./~\\]|[A-Za-z]:)/.test(source)
  return made(
    {
      source: isPath ? scalar(source, place) : undefined,
      target: scalar(target, place),
      writable: scalar(!/\bro\b/.test(mode), place),
    },
    place,
  )
}

const shortVolume = /^((?:[A-Za-z]:[\\/])?[^:]{1,1000}):([^:]{1,1000})(?::([^:]{0,100}))?$/

function environmentOf(service: Mapping): Entry | undefined {
  const entry = entryAt(service, 'environment')
  if (entry?.value.kind !== 'list') return entry
  const { place } = entry.value
  const entries = new Map<string, Entry>()
  let open = false
  for (const item of entry.value.items) {
    const text = textOf(item)
    const at = text?.indexOf('=') ?? -1
    if (text === null) open = true
    else if (at === -1) entries.set(text, entryOf(unknown(item.place)))
    else entries.set(text.slice(0, at), entryOf(scalar(text.slice(at + 1), item.place)))
  }
  return { ...entry, value: { kind: 'map', entries, place, open } }
}

function argumentsOf(service: Mapping): Entry | undefined {
  const first = entryAt(service, 'entrypoint') ?? entryAt(service, 'command')
  if (first === undefined) return undefined
  const words = ['entrypoint', 'command'].flatMap((key) => itemsAt(service, key).flatMap(wordsOf))
  return { ...first, value: list(words, first.value.place) }
}

const wordsMax = 500

function wordsOf(item: Value): Value[] {
  const text = textOf(item)
  if (text === null) return [item]
  return text
    .split(/\s+/, wordsMax)
    .map((word) => scalar(word.replace(/^["']|["']$/g, ''), item.place))
}
