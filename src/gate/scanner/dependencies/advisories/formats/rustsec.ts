// Reads RustSec's advisories: Markdown that begins with a block of TOML.
import { parse } from 'smol-toml'
import { orderOf } from '../../versions/order.ts'
import type { Advisory, Rating } from '../advisory.ts'
import { readId } from '../identifiers.ts'
import { isIndexable } from '../lookup-name.ts'
import { affectedBetween, type Dialect, readRequirement } from '../requirement.ts'
import type { VersionRange } from '../version-range.ts'
import { day, mapping, text, texts } from './loose.ts'
import { rate } from './rate.ts'

const dialect: Dialect = { order: orderOf('crates.io'), bare: 'caret' }

/**
 * None where a crate is only unmaintained, or something is to be noticed. null for what is no such
 * advisory.
 */
export function readRustSec(markdown: string): Advisory[] | null {
  const [, toml] = /^\s*```toml\r?\n([\s\S]*?)\r?\n```/.exec(markdown) ?? []
  if (toml === undefined) return null
  const { advisory, versions } = mapping(parse(toml))
  const stated = mapping(advisory)
  const id = readId(stated.id)
  const name = text(stated.package)
  if (id === null || name === null || !isIndexable(name)) return null
  const informational = text(stated.informational)
  if (informational !== null && informational !== 'unsound') return []
  const date = dayOf(stated.date)
  return [
    {
      ecosystem: 'crates.io',
      package: name,
      id,
      aliases: texts(stated.aliases).flatMap((alias) => readId(alias) ?? []),
      withdrawn: dayOf(stated.withdrawn) !== null,
      affected: affectedOf(mapping(versions)),
      rating: ratingOf(text(stated.cvss), informational),
      cwes: [],
      parts: [],
      published: date,
      modified: date,
      source: 'RustSec',
    },
  ]
}

/** TOML has dates of its own; advisories use them and texts alike. */
function dayOf(value: unknown): string | null {
  return day(value instanceof Date ? value.toISOString() : value)
}

function affectedOf({ patched, unaffected }: Readonly<Record<string, unknown>>): VersionRange[] {
  return affectedBetween(rangesOf(patched), rangesOf(unaffected), dialect.order)
}

function rangesOf(requirements: unknown): VersionRange[] {
  return texts(requirements, 500).flatMap((each) => readRequirement(each, dialect) ?? [])
}

function ratingOf(vector: string | null, informational: string | null): Rating {
  const rating = rate(vector === null ? [] : [vector], null)
  if (rating.severity !== null || informational === null) return rating
  return { severity: 'low', cvss: null }
}
