// What the documentation of applications that are vulnerable on purpose names, found or missed, and
// the findings of each kind. The files named are the documentation's; a finding counts when its
// file and CWE fit.
//
//     node bench/applications.ts FOLDER_WITH_THEM      (NodeGoat/, juice-shop/, WebGoat/, pygoat/)
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { print } from './measure.ts'
import { corpus, type Engine, ours, type Result } from './tools.ts'

type Documented = [what: string, path: string, cwes: number[] | 'any']

interface Application {
  source: string
  documented: Documented[]
  design: string[]
}

const folder = corpus('the applications, each under its own name')
const text = readFileSync(new URL('./applications.yaml', import.meta.url), 'utf8')
const applications = Object.entries(parse(text) as Record<string, Application>)
const engines: Engine[] = ['code', 'dependencies', 'secrets', 'infrastructure']

for (const [name, application] of applications) {
  const root = join(folder, name)
  if (!existsSync(root)) {
    process.stdout.write(`\n${name}: ${root} is not there (${application.source})\n`)
    continue
  }
  const byEngine = engines.map((engine) => ({ engine, run: ours(root, [engine]) }))
  const results = byEngine.flatMap(({ run }) => run.results)
  const { documented, design } = application
  const found = documented.filter((entry) => isFound(entry, results))
  process.stdout.write(`\n${name}\n`)
  print(byEngine.map(({ engine, run }) => ({ what: engine, ours: `${run.results.length}` })))
  print([{ what: 'documented in a file', ours: `${found.length} of ${documented.length}` }])
  for (const entry of documented) {
    const [what, path] = entry
    process.stdout.write(`  ${found.includes(entry) ? 'found ' : 'MISSED'}  ${what} (${path})\n`)
  }
  for (const what of design) process.stdout.write(`  design  ${what}\n`)
}

function isFound([, path, cwes]: Documented, results: readonly Result[]): boolean {
  return results.some((result) => {
    if (!`/${result.path}`.includes(`/${path}`)) return false
    return cwes === 'any' || cwes.some((cwe) => result.cwes.includes(`CWE-${cwe}`))
  })
}
