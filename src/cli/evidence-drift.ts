// `panthera evidence drift A B`: what changed between two packs, as files or by their ids on a
// server. What comes from a server is verified before it is compared.
import { existsSync } from 'node:fs'
import { defineCommand } from 'citty'
import { verifyBundle } from '../certus/seal/bundle.ts'
import {
  type Cut,
  type Drift,
  type DriftedControl,
  type DriftPack,
  driftOf,
} from '../certus/seal/drift.ts'
import type { JsonObject } from '../certus/seal/json/read.ts'
import { isGraded } from '../certus/seal/statement-check.ts'
import { type Client, createClient } from '../client/client.ts'
import { findCredentials } from '../client/credentials.ts'
import { asBundle, objectIn, objectOf } from './evidence-file.ts'
import { type Field, fields } from './page.ts'
import { format, printJson, withServer } from './remote.ts'
import { UsageError } from './usage-error.ts'

const end = (which: string) =>
  ({ type: 'positional', required: true, description: `The ${which}: a file, or an id` }) as const

export const drift = defineCommand({
  meta: { name: 'drift', description: 'Tell what changed between two packs' },
  args: { from: end('earlier pack'), to: end('later pack'), format },
  run: ({ args }) =>
    withServer(async () => {
      const from = await packNamed(args.from)
      const found = driftOf(from, await packNamed(args.to))
      if (args.format === 'json') return printJson(found)
      process.stdout.write(`${pageOf(found)}\n`)
    }),
})

async function packNamed(name: string): Promise<DriftPack> {
  if (existsSync(name)) {
    const object = await objectIn(name)
    return typeof object.content === 'string'
      ? packIn(contentOf(object, name), name)
      : packIn(object, name)
  }
  if (!/^[\w.:-]{1,200}$/.test(name)) throw new UsageError(`${name} does not exist`)
  const client: Client = createClient(await findCredentials(process.env, 'certus'))
  const path = `/certus/api/evidence/${encodeURIComponent(name)}/bundle`
  return packIn(contentOf(await client.call<JsonObject>('GET', path), name), name)
}

/** Of a bundle that holds together. */
function contentOf(object: JsonObject, name: string): JsonObject {
  const bundle = asBundle(object, name)
  const checks = verifyBundle(bundle, { keyIds: [], evidenceSecret: null })
  const wrong = checks.find(({ holds }) => holds === false)
  if (wrong !== undefined) {
    throw new UsageError(`${name} does not verify: ${wrong.check} ${wrong.told}`)
  }
  return objectOf(bundle.content, name)
}

function packIn(object: JsonObject, name: string): DriftPack {
  const texts = ['evidence_pack_id', 'repo_slug', 'branch', 'commit_hash']
  const missing = texts.find((each) => typeof object[each] !== 'string')
  if (missing !== undefined) throw new UsageError(`${name} is no evidence pack: no ${missing}`)
  if (isGraded(object)) return object as unknown as DriftPack
  throw new UsageError(`${name} is no evidence pack`, 'Its findings or controls cannot be read.')
}

const shownMax = 20

function placed({ title, file_path }: { title: string; file_path: string | null }): string {
  return file_path === null ? title : `${title} (${file_path})`
}

function pageOf({ from, to, score_change, findings, controls, dependencies }: Drift): string {
  const sign = score_change > 0 ? '+' : ''
  const page: Field[] = [
    [
      'Grade',
      `${from.grade} to ${to.grade}, ${from.score} to ${to.score} (${sign}${score_change})`,
    ],
    ['Findings', `${findings.same} as before`],
    ...listed('New', findings.added, (one) => `${one.severity}: ${placed(one)}`),
    ...listed('Gone', findings.gone, (one) => `${one.severity}: ${placed(one)}`),
    ...listed('Rated', findings.rated, (one) => `${one.from} to ${one.severity}: ${placed(one)}`),
    ...listed('Worse', controls.worse, controlLine),
    ...listed('Better', controls.better, controlLine),
    ...listed('Tested', controls.tested, controlLine),
  ]
  if (dependencies === null) {
    page.push(['Dependencies', 'not compared: one of the packs has no bill of materials'])
  } else {
    const line = ({ name, version }: { name: string; version: string }) => `${name} ${version}`
    page.push(
      ...listed('Added', dependencies.added, line),
      ...listed('Removed', dependencies.removed, line),
      ...listed('Changed', dependencies.changed, ({ name, from: was, to: is }) => {
        return `${name} ${was.join(', ')} to ${is.join(', ')}`
      }),
    )
  }
  const place = (one: Drift['from']) => `${one.repository} ${one.commit.slice(0, 12)}`
  return `${place(from)} to ${place(to)}\n\n${fields(page)}`
}

function controlLine({ framework, control_id, from, to }: DriftedControl): string {
  return `${framework} ${control_id}: ${from ?? 'no result'} to ${to ?? 'no result'}`
}

function listed<Item>(label: string, list: Cut<Item>, line: (item: Item) => string): Field[] {
  if (list.total === 0) return []
  const lines = list.items.slice(0, shownMax).map(line)
  const more = list.total - lines.length
  return [[label, more === 0 ? lines : [...lines, `and ${more} more`]]]
}
