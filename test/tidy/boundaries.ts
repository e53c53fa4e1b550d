// The dependency rule: which part of the house may import which, directly and through others.
import type { Import } from './imports.ts'
import { importsOf } from './imports.ts'
import type { Tree } from './tree.ts'
import { isTest } from './tree.ts'

export const hearts = [
  'src/gate/scanner/',
  'src/trust/x509/',
  'src/identity/policy/',
  'src/certus/seal/',
  'src/platform/audit/verify.ts',
]

const modules = ['gate', 'trust', 'identity', 'certus']
/** A leaf that whoever names the program may read. */
const everywhere = 'src/version.ts'
/** For programs that run without a server; the settings tell them where its first keys are. */
const program = ['src/client/', ...hearts].concat(
  ['log.ts', 'files.ts', 'config.ts', 'first-run-file.ts'].map((file) => `src/platform/${file}`),
)

/** Commands for who runs the server, on its machine: they and nobody else open the database. */
const operator = ['serve', 'first-run', 'doctor', 'backup', 'restore', 'operator']
  .concat(['owner', 'user'])
  .map((name) => `src/cli/${name}.ts`)

/** What those of them may enter that are about accounts. */
const accounts = 'src/identity/users/rescue.ts'

interface Rule {
  /** Paths or folders; the longest that fits a file is its rule. */
  from: string
  /** Own files of the repository that it may import. */
  to: string[]
  /** May be imported as types only. */
  types?: RegExp
  says: string
}

const rules: Rule[] = [
  ...hearts.map((heart) => ({
    from: heart,
    to: [heart.replace(/[^/]+\.ts$/, '')],
    says: 'a pure heart imports only itself and libraries',
  })),
  ...modules.map((name) => ({
    from: `src/${name}/`,
    to: [`src/${name}/`, 'src/platform/', 'src/events/'],
    says: 'a module imports the platform, the events and itself, never another module',
  })),
  {
    from: 'src/gate/source/',
    to: ['src/gate/source/', 'src/gate/scanner/', 'src/platform/'],
    says: 'gate/source serves the scanner and knows nothing else of its module',
  },
  {
    from: 'src/trust/connectors/',
    to: ['src/trust/connectors/', 'src/trust/x509/', 'src/platform/'],
    says: 'a connector knows its contract, x509 and the platform',
  },
  {
    from: 'src/platform/',
    to: ['src/platform/', 'src/migrations/'],
    says: 'the platform knows no module',
  },
  { from: everywhere, to: [], says: 'it is a leaf' },
  {
    from: 'src/events/',
    to: ['src/events/', 'src/platform/'],
    says: 'events are schemas, which know no module',
  },
  {
    from: 'src/client/',
    to: ['src/client/'],
    types: /^src\/(gate|trust|identity|certus)\/(.+\/)?schema\.ts$/,
    says: 'the client imports only types from the schemas of the modules',
  },
  {
    from: 'src/cli/',
    to: ['src/cli/', 'src/gate/source/', 'src/trust/connectors/discover/', ...program],
    says: 'the command line uses hearts, the client, gate/source, discovery, log and files',
  },
  ...operator.map((from) => ({
    from,
    to: ['src/cli/', 'src/platform/', ...program].concat(doorsOf(from)),
    says: 'a command for the operator uses the platform, serve the server, owner and user rescue',
  })),
  ...['run', 'check'].map((name) => ({
    from: `src/cli/agent-${name}.ts`,
    to: ['src/cli/', 'src/agent/', ...program],
    says: 'the commands of the agent use it, and what every command uses',
  })),
  {
    from: 'src/agent/',
    to: ['src/agent/', 'src/trust/connectors/', ...program],
    says: 'the agent uses hearts, the client, trust/connectors, platform/log and platform/files',
  },
  {
    from: 'src/server.ts',
    to: ['src/platform/', 'src/events/', ...modules.map((name) => `src/${name}/index.ts`)],
    says: 'the server enters a module through its index.ts',
  },
  {
    from: 'web/',
    to: ['web/', 'src/client/', 'src/certus/seal/'],
    says: 'the dashboard uses the client, and certus/seal to verify',
  },
]

function doorsOf(path: string): string[] {
  if (path === 'src/cli/serve.ts') return ['src/server.ts']
  return ['src/cli/owner.ts', 'src/cli/user.ts'].includes(path) ? [accounts] : []
}

/** Every import that the table above does not allow. Tests may import what they test. */
export function findForbiddenImports(tree: Tree): string[] {
  return importsOf(tree)
    .filter(({ from }) => !isTest(from) && /^(src|web)\//.test(from))
    .flatMap((found) => {
      const rule = ruleOf(found.from)
      if (rule === undefined) return [`${found.from}:1 stands in no part of the house`]
      if (!isOwn(found.to) || allows(rule, found)) return []
      return [`${found.from}:${found.line} imports ${found.to}, but ${rule.says}`]
    })
}

function ruleOf(path: string): Rule | undefined {
  return rules
    .filter(({ from }) => covers(from, path))
    .sort((a, b) => b.from.length - a.from.length)[0]
}

function allows(rule: Rule, { to, typeOnly }: Import): boolean {
  if ([...rule.to, everywhere].some((allowed) => covers(allowed, to))) return true
  return typeOnly && rule.types?.test(to) === true
}

function covers(allowed: string, path: string): boolean {
  return allowed.endsWith('/') ? path.startsWith(allowed) : path === allowed
}

function isOwn(path: string): boolean {
  return /^(src|web|test|bench|bin)\//.test(path)
}

const database = ['pg', 'kysely', 'pg-boss', 'src/server.ts'].concat(
  ['db.ts', 'migrate.ts', 'postgres/'].map((file) => `src/platform/${file}`),
)

/**
 * Programs that must work without a server reach the database through nobody: each chain of files
 * from the command line (but for the operator's commands) or the agent to it.
 */
export function findWaysToTheDatabase(tree: Tree): string[] {
  const graph = valueImports(tree)
  const starts = [...graph.keys()].filter((path) => /^src\/(cli|agent)\//.test(path))
  return starts
    .filter((path) => !operator.includes(path))
    .flatMap((start) => {
      const chain = chainTo(graph, start, isDatabase)
      return chain ? [`${start}:1 reaches the database: ${chain.join(' → ')}`] : []
    })
}

function isDatabase(path: string): boolean {
  return database.some((part) => covers(part, path))
}

function valueImports(tree: Tree): Map<string, string[]> {
  const graph = new Map<string, string[]>()
  for (const { from, to, typeOnly } of importsOf(tree)) {
    if (typeOnly || isTest(from)) continue
    graph.set(from, [...(graph.get(from) ?? []), to])
  }
  return graph
}

/** The shortest chain that does not go through a command for the operator. */
function chainTo(
  graph: ReadonlyMap<string, string[]>,
  start: string,
  isEnd: (path: string) => boolean,
): string[] | undefined {
  const before = new Map<string, string>()
  const queue = [start]
  for (const path of queue) {
    if (isEnd(path)) return trace(before, path)
    for (const next of graph.get(path) ?? []) {
      if (next === start || before.has(next) || operator.includes(next)) continue
      before.set(next, path)
      queue.push(next)
    }
  }
  return undefined
}

function trace(before: ReadonlyMap<string, string>, end: string): string[] {
  const chain = [end]
  for (let path = before.get(end); path !== undefined; path = before.get(path)) chain.unshift(path)
  return chain
}
