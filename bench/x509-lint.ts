// Our lints beside zlint's own, certificate by certificate: where do they agree?
//   node bench/x509-lint.ts <folder of PEM files> [path of zlint]
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCertificate } from '../src/trust/x509/certificate.ts'
import { X509Error } from '../src/trust/x509/error.ts'
import { lintCertificate, lints } from '../src/trust/x509/lint/run.ts'
import { parsePem } from '../src/trust/x509/pem.ts'

const [folder, zlint = 'zlint'] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('which folder of certificates? zlint brings one: v3/testdata\n')
  process.exit(2)
}

interface Tally {
  both: number
  neither: number
  ours: string[]
  theirs: string[]
}

const tallies = new Map<string, Tally>(
  lints.map(({ name }) => [name, { both: 0, neither: 0, ours: [], theirs: [] }]),
)
const counts = { compared: 0, refused: 0, noCertificate: 0, notTold: 0 }
for (const name of readdirSync(folder).filter((each) => each.endsWith('.pem'))) compare(name)

const all = [...tallies]
const agreed = all.filter(([, { ours, theirs }]) => ours.length + theirs.length === 0)
const verdicts = counts.compared * all.length
const differing = all.reduce((sum, [, each]) => sum + each.ours.length + each.theirs.length, 0)
for (const [name, { both, ours, theirs }] of all) {
  if (ours.length + theirs.length === 0) continue
  const files = [...ours.map((file) => `+${file}`), ...theirs.map((file) => `-${file}`)]
  process.stdout.write(`${name}: both ${both}, apart ${files.join(' ')}\n`)
}
process.stdout.write(`${JSON.stringify(counts)}\n`)
process.stdout.write(`${agreed.length} of ${all.length} lints agree on every certificate; `)
process.stdout.write(`${(100 - (100 * differing) / verdicts).toFixed(3)} % of all verdicts\n`)

function compare(name: string): void {
  const path = join(folder ?? '', name)
  const certificate = read(path)
  if (certificate === null) return
  const { stdout } = spawnSync(zlint, [path], { encoding: 'utf8', maxBuffer: 2 ** 24 })
  const told = parse(stdout)
  if (told === null) {
    counts.notTold += 1
    return
  }
  counts.compared += 1
  const found = new Set(lintCertificate(certificate, 'public').map((each) => each.name))
  for (const [lint, tally] of tallies) {
    const theirs = ['error', 'warn', 'info'].includes(told[lint]?.result ?? '')
    const ours = found.has(lint)
    if (ours && theirs) tally.both += 1
    else if (ours) tally.ours.push(name)
    else if (theirs) tally.theirs.push(name)
    else tally.neither += 1
  }
}

function read(path: string) {
  try {
    const blocks = parsePem(readFileSync(path, 'latin1'))
    const block = blocks.find(({ label }) => label === 'CERTIFICATE')
    if (block !== undefined) return parseCertificate(block.bytes)
    counts.noCertificate += 1
  } catch (error) {
    if (!(error instanceof X509Error)) throw error
    counts.refused += 1
  }
  return null
}

function parse(text: string): Record<string, { result: string }> | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
