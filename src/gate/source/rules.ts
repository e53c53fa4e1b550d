// Loads the rules that come with the package, as texts that are compiled once and sent to workers.
import { createHash } from 'node:crypto'
import { access, readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { RuleText } from '../scanner/secrets/rule.ts'
import { readCacheFile, writeCacheFile } from './cache/file.ts'
import type { CompiledRules } from './engine.ts'
import { packageRoot, packageVersion } from './package.ts'

export interface RuleOptions {
  /** Folder with `secrets/…`, `code/…` and so on; the package's own `rules/` unless given. */
  directory?: string | undefined
  /** Where compiled rules are kept, because parsing them takes longer than a small scan. */
  cacheDirectory?: string | null | undefined
  /** Which rules are wanted; the texts of others are empty. All unless given. */
  kinds?: readonly (keyof CompiledRules)[] | undefined
}

type Kind = keyof CompiledRules

/** Where the rules of a kind lie, and what compiles them: loaded only where a cache has none. */
const kinds: Record<Kind, { folders: string[]; compile: (texts: RuleText[]) => Promise<string> }> =
  {
    secrets: {
      folders: ['secrets'],
      async compile(texts) {
        const { compileSecretRules, parseSecretRules } = await import('../scanner/secrets/rule.ts')
        return compileSecretRules(parseSecretRules(texts))
      },
    },
    code: {
      folders: ['code', 'models'],
      async compile(texts) {
        const { parseCodeRules } = await import('../scanner/code/rule.ts')
        const { compileCodeRules } = await import('../scanner/code/compiled-rules.ts')
        return compileCodeRules(parseCodeRules(texts))
      },
    },
    infrastructure: {
      folders: ['infrastructure'],
      async compile(texts) {
        const checks = await import('../scanner/infrastructure/check/rule.ts')
        return checks.compileCheckRules(checks.parseCheckRules(texts))
      },
    },
  }

/** @throws {RuleError} naming the rule that is wrong; {Error} when the package is incomplete. */
export async function loadRules(options: RuleOptions = {}): Promise<CompiledRules> {
  const directory = options.directory ?? join(await packageRoot(), 'rules')
  // A folder of rules that is not there at all is a broken installation, not a scan without rules.
  await access(directory)
  // Reading rules that no engine asks for would take longer than many a scan.
  const load = async (kind: Kind) =>
    options.kinds?.includes(kind) === false ? '' : loadKind(kind, directory, options.cacheDirectory)
  const [secrets, code, infrastructure] = await Promise.all([
    load('secrets'),
    load('code'),
    load('infrastructure'),
  ])
  return { secrets, code, infrastructure }
}

async function loadKind(
  kind: Kind,
  directory: string,
  cacheDirectory: string | null | undefined,
): Promise<string> {
  const { folders, compile } = kinds[kind]
  const texts = await Promise.all(folders.map((folder) => readRuleTexts(directory, folder)))
  if (!cacheDirectory) return compile(texts.flat())
  const path = join(cacheDirectory, `rules-${kind}-${await digestOf(texts.flat())}.cache`)
  const [kept] = (await readCacheFile(path)) ?? []
  if (kept !== undefined) return kept
  const compiled = await compile(texts.flat())
  await writeCacheFile(path, [compiled])
  return compiled
}

/** Rule files below a folder, sorted by path; one that is not there holds none. */
async function readRuleTexts(directory: string, folder: string): Promise<RuleText[]> {
  const listed = readdir(join(directory, folder), { recursive: true, withFileTypes: true })
  const entries = await listed.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
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
