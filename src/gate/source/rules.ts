// Loads the rules that come with the package, as texts that are compiled once and sent to workers.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { compileSecretRules } from '../scanner/secrets/compiled-rules.ts'
import type { RuleText } from '../scanner/secrets/rule.ts'
import { readCacheFile, writeCacheFile } from './cache/file.ts'
import type { CompiledRules } from './engine.ts'
import { packageRoot, packageVersion } from './package.ts'

export interface RuleOptions {
  /** Folder with `secrets/…`; the package's own `rules/` unless given. */
  directory?: string | undefined
  /** Where compiled rules are kept, because parsing them takes longer than a small scan. */
  cacheDirectory?: string | null | undefined
}

/** @throws {RuleError} naming the rule that is wrong; {Error} when the package is incomplete. */
export async function loadRules(options: RuleOptions = {}): Promise<CompiledRules> {
  const directory = options.directory ?? join(await packageRoot(), 'rules')
  const texts = await readRuleTexts(directory, 'secrets')
  if (!options.cacheDirectory) return { secrets: await compile(texts) }
  const path = join(options.cacheDirectory, `rules-${await digestOf(texts)}.cache`)
  const [kept] = (await readCacheFile(path)) ?? []
  if (kept !== undefined) return { secrets: kept }
  const secrets = await compile(texts)
  await writeCacheFile(path, [secrets])
  return { secrets }
}

/** Loads the YAML parser only now: with a cache it is rarely needed. */
async function compile(texts: readonly RuleText[]): Promise<string> {
  const { parseSecretRules } = await import('../scanner/secrets/rule.ts')
  return compileSecretRules(parseSecretRules(texts))
}

/** Rule files below `kind/`, sorted by path; a folder that is not there holds none. */
async function readRuleTexts(directory: string, kind: string): Promise<RuleText[]> {
  const entries = await readdir(join(directory, kind), { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && ruleFile.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(directory, path).split(sep).join('/'),
      text: await readFile(path, 'utf8'),
    })),
  )
}

// `<name>.test.yaml` is the proof beside a rule, not a rule.
const ruleFile = /^(?!.*\.test\.ya?ml$).*\.ya?ml$/

/** Of the texts and of the program that compiled them. */
async function digestOf(texts: readonly RuleText[]): Promise<string> {
  const hash = createHash('sha256').update(await packageVersion())
  for (const { path, text } of texts) hash.update(`\0${path}\0${text}`)
  return hash.digest('hex').slice(0, 32)
}
