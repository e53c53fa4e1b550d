// The examples that checkov's own tests hold: for each check, resources that it has to tell and
// resources that it has to leave alone. Their truth is read from the tests, as text.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'

/** One resource, or one file, of which one check has to say something or nothing. */
export interface Example {
  platform: string
  check: string
  isBad: boolean
  /** Below the tree that is scanned. */
  path: string
  /** Lines, counted from 1, both included. */
  from: number
  to: number
}

export interface Examples {
  examples: Example[]
  files: Map<string, string>
}

const platforms = ['terraform', 'kubernetes', 'dockerfile', 'cloudformation'] as const
type Platform = (typeof platforms)[number]

interface Told {
  good: readonly string[]
  bad: readonly string[]
}

export function checkovExamples(root: string): Examples {
  const into: Examples = { examples: [], files: new Map() }
  for (const platform of platforms) {
    for (const test of testsOf(join(root, 'tests', platform, 'checks'))) {
      addTest(root, platform, test, into)
    }
    addGraphChecks(root, platform, into)
  }
  return into
}

function testsOf(folder: string): string[] {
  if (!existsSync(folder)) return []
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return all
    .filter((path) => /(?:^|\/)test_\w+\.py$/.test(path))
    .sort()
    .map((path) => join(folder, path))
}

function addTest(root: string, platform: Platform, test: string, into: Examples): void {
  const text = readFileSync(test, 'utf8')
  const module = /^from (checkov\.[\w.]+) import (?:check|scanner)\b/m.exec(text)?.[1]
  const id = module === undefined ? null : idOf(join(root, `${module.replaceAll('.', '/')}.py`))
  if (id === null) return
  addInline(platform, id, text, into)
  const folder = /["'/](example_\w+)/.exec(text)?.[1]
  const examples = folder === undefined ? '' : join(dirname(test), folder)
  if (!existsSync(examples)) return
  const told = { good: namesIn(text, /\w*pass\w*/), bad: namesIn(text, /\w*fail\w*/) }
  addFolder({ platform, check: id, folder: examples, told }, into)
}

const idOf = (path: string) =>
  existsSync(path)
    ? (/^\s+id = ["'](CKV2?_\w+)["']/m.exec(readFileSync(path, 'utf8'))?.[1] ?? null)
    : null

/** The texts of the list or the set that is assigned to a name. */
function namesIn(text: string, name: RegExp): string[] {
  const list = new RegExp(`^\\s+${name.source}_resources\\s*=\\s*[[{(]+([^\\]})]*)`, 'gm')
  return [...text.matchAll(list)].flatMap(([, items = '']) =>
    [...items.matchAll(/["']([^"'\n]+)["']/g)].map(([, item = '']) => item),
  )
}

/** `test_failure` with a text of HCL, and `CheckResult.FAILED` expected of it. */
function addInline(platform: Platform, check: string, text: string, into: Examples): void {
  if (platform !== 'terraform') return
  for (const [at, test] of text.split(/^\s+def test/m).entries()) {
    const hcl = /hcl2\.loads\(\s*(?:"""|''')([\s\S]*?)(?:"""|''')/.exec(test)?.[1]
    const results = new Set([...test.matchAll(/CheckResult\.(PASSED|FAILED)/g)].map(([, r]) => r))
    if (at === 0 || hcl === undefined || results.size !== 1) continue
    const path = `${platform}/${check}/inline-${at}/main.tf`
    into.files.set(path, hcl)
    const isBad = results.has('FAILED')
    into.examples.push({ platform, check, isBad, path, from: 1, to: Number.MAX_SAFE_INTEGER })
  }
}

function addGraphChecks(root: string, platform: Platform, into: Examples): void {
  const code = join(root, 'checkov', platform, 'checks/graph_checks')
  if (!existsSync(code)) return
  for (const path of readdirSync(code, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!path.endsWith('.yaml')) continue
    const name = basename(path, '.yaml')
    const folder = join(root, 'tests', platform, 'graph/checks/resources', name)
    const check = /^\s+["']?id["']?:\s*["']?(CKV2?_\w+)/m.exec(
      readFileSync(join(code, path), 'utf8'),
    )?.[1]
    if (check === undefined || !existsSync(join(folder, 'expected.yaml'))) continue
    const told = parse(readFileSync(join(folder, 'expected.yaml'), 'utf8')) as {
      pass?: string[]
      fail?: string[]
    }
    addFolder(
      { platform, check, folder, told: { good: told.pass ?? [], bad: told.fail ?? [] } },
      into,
    )
  }
}

interface Folder {
  platform: Platform
  check: string
  folder: string
  told: Told
}

function addFolder({ platform, check, folder, told }: Folder, into: Examples): void {
  const good = new Set(told.good)
  const bad = new Set(told.bad)
  const isListed = good.size + bad.size > 0
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.(?:tf|tfvars|ya?ml|json)$|Dockerfile[^/]*$/.test(name)) continue
    if (name === 'expected.yaml') continue
    const text = readFileSync(join(folder, name), 'utf8')
    const path = `${platform}/${check}/${name}`
    into.files.set(path, text)
    const add = (isBad: boolean, from: number, to: number) =>
      into.examples.push({ platform, check, isBad, path, from, to })
    if (!isListed || platform === 'dockerfile') {
      const kind = kindOf(name)
      if (kind !== null) add(kind === 'bad', 1, Number.MAX_SAFE_INTEGER)
      continue
    }
    for (const { names, from, to } of resourcesOf(platform, text)) {
      const isGood = names.some((each) => good.has(each))
      const isBad = names.some((each) => bad.has(each))
      if (isGood !== isBad) add(isBad, from, to)
    }
  }
}

/** `x-PASSED.yaml`, `failure/Dockerfile`; null where a file has both. */
function kindOf(name: string): 'good' | 'bad' | null {
  if (/\dPASS|\dFAIL/i.test(name)) return null
  const isGood = /pass|success/i.test(name)
  const isBad = /fail/i.test(name)
  return isGood === isBad ? null : isBad ? 'bad' : 'good'
}

interface Located {
  names: readonly string[]
  from: number
  to: number
}

function resourcesOf(platform: Platform, text: string): Located[] {
  if (platform === 'terraform') return blocksOf(text)
  return platform === 'kubernetes' ? objectsOf(text) : templateResourcesOf(text)
}

function blocksOf(text: string): Located[] {
  const found: Located[] = []
  for (const [at, line] of text.split('\n').entries()) {
    const block = /^\s{0,2}(resource|data|module|provider)\s+"?([\w-]+)"?(?:\s+"?([\w-]+)"?)?/
    const [, keyword, type = '', name] = block.exec(line) ?? []
    const last = found.at(-1)
    if (/^\}/.test(line) && last?.to === Number.MAX_SAFE_INTEGER) last.to = at + 1
    if (keyword === undefined) continue
    const address = name === undefined ? `${keyword}.${type}` : `${type}.${name}`
    const names = [keyword === 'data' ? `data.${address}` : address, address]
    found.push({ names, from: at + 1, to: Number.MAX_SAFE_INTEGER })
  }
  return found
}

function objectsOf(text: string): Located[] {
  let line = 1
  return text.split(/^---/m).map((document) => {
    const from = line
    line += document.split('\n').length - 1
    const kind = /^kind:\s*["']?(\w+)/m.exec(document)?.[1] ?? ''
    const metadata = /^metadata:\n((?:[ #].*\n|\n)*)/m.exec(document)?.[1] ?? ''
    const part = (key: string) =>
      new RegExp(`^  ${key}:\\s*["']?([^"'\\s]+)`, 'm').exec(metadata)?.[1]
    const name = `${kind}.${part('namespace') ?? 'default'}.${part('name') ?? ''}`
    return { names: [name], from, to: line }
  })
}

/** Of CloudFormation in YAML: what stands one step below `Resources`. */
function templateResourcesOf(text: string): Located[] {
  const found: Located[] = []
  const lines = text.split('\n')
  const start = lines.findIndex((line) => /^Resources:/.test(line))
  if (start === -1) return found
  const indent = /^( +)\w/.exec(lines.slice(start + 1).find((line) => /^ +\w/.test(line)) ?? '')
  const own = new RegExp(`^${indent?.[1] ?? '  '}["']?(\\w+)["']?:`)
  for (const [at, line] of lines.entries()) {
    if (at <= start) continue
    if (/^\w/.test(line)) break
    const name = own.exec(line)?.[1]
    const last = found.at(-1)
    const type = /^\s+Type:\s*["']?(AWS::[\w:]+)/.exec(line)?.[1]
    if (name !== undefined) found.push({ names: [name], from: at + 1, to: at + 1 })
    else if (last !== undefined) {
      const named = type === undefined || last.names.length > 1 ? last.names : namesOf(type, last)
      found[found.length - 1] = { ...last, names: named, to: at + 1 }
    }
  }
  return found
}

const namesOf = (type: string, { names }: Located) => [...names, `${type}.${names[0]}`]
