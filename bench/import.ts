// How long an import takes from the first byte of the request to the answer after the commit: SARIF
// of 10,000 and 25,000 results, for the first time, unchanged at the next commit, and with one in
// fifty new and one in fifty gone. A whole server on an embedded database in a temporary folder.
import { type BenchServer, median, print, startServer } from './measure.ts'

const times = 3
const sizes = [10_000, 25_000]

const server = await startServer()
try {
  await upload(server, 'warm-up', 1, sarif(100, 0))
  for (const size of sizes) await measure(server, size)
} finally {
  await server.stop()
}

async function measure(to: BenchServer, size: number): Promise<void> {
  const document = sarif(size, 0)
  const changed = sarif(size, size / 50)
  const took = { first: [] as number[], unchanged: [] as number[], changed: [] as number[] }
  const repeated: number[] = []
  for (let run = 0; run < times; run++) {
    const repository = `r${size}-${run}`
    took.first.push(await upload(to, repository, 1, document))
    repeated.push(await upload(to, repository, 1, document))
    took.unchanged.push(await upload(to, repository, 2, document))
    took.changed.push(await upload(to, repository, 3, changed))
  }
  const what = `${size.toLocaleString('en')} results, ${(document.length / 1e6).toFixed(1)} MB`
  const aim = size === 10_000 ? { aim: '2 s' } : {}
  print([
    { what: `${what}: first import`, ours: seconds(took.first), ...aim },
    { what: `${what}: unchanged, next commit`, ours: seconds(took.unchanged), ...aim },
    { what: `${what}: 2 % new, 2 % gone`, ours: seconds(took.changed), ...aim },
    { what: `${what}: the same request again`, ours: seconds(repeated) },
    { what: `${what}: report as SARIF`, ours: seconds([await report(to)]) },
  ])
}

function seconds(took: readonly number[]): string {
  return `${(median(took) / 1000).toFixed(2)} s`
}

/** Milliseconds until the answer. */
async function upload(
  to: BenchServer,
  repository: string,
  commit: number,
  document: string,
): Promise<number> {
  const query = new URLSearchParams({
    organization_id: to.organizationId,
    provider: 'github',
    owner: 'bench',
    repo_name: repository,
    branch: 'main',
    commit: commit.toString(16).padStart(40, '0'),
  })
  const began = performance.now()
  const answer = await fetch(`${to.url}/gate/api/scans/import?${query}`, {
    method: 'POST',
    headers: { ...authorization(to), 'content-type': 'application/sarif+json' },
    body: document,
  })
  const text = await answer.text()
  if (answer.status !== 201) throw new Error(text)
  return performance.now() - began
}

/** Milliseconds to read everything that the newest scan saw. */
async function report(to: BenchServer): Promise<number> {
  const headers = authorization(to)
  const path = `/gate/api/scans?organization_id=${to.organizationId}&limit=1`
  const list = await fetch(`${to.url}${path}`, { headers })
  const { scans } = (await list.json()) as { scans: { scan_id: string }[] }
  const began = performance.now()
  const url = `${to.url}/gate/api/scans/${scans[0]?.scan_id}/report?format=sarif`
  await (await fetch(url, { headers })).text()
  return performance.now() - began
}

function authorization(to: BenchServer) {
  return { authorization: `Bearer ${to.keys.gate}` }
}

/** As a code scanner writes it: with code, a message and tags; `from` shifts what is in it. */
function sarif(size: number, from: number): string {
  const rules = Array.from({ length: 200 }, (_, at) => ({
    id: `language.security.rule-${at}`,
    shortDescription: { text: `Unsafe construct number ${at}` },
    fullDescription: { text: 'A value from outside becomes part of a command. '.repeat(4) },
    help: { text: 'Check the value, or pass it as an argument of its own. '.repeat(4) },
    defaultConfiguration: { level: at % 10 === 0 ? 'error' : 'warning' },
    properties: { tags: ['security', `external/cwe/cwe-${String(20 + at).padStart(3, '0')}`] },
  }))
  const results = Array.from({ length: size }, (_, at) => result(from + at, rules.length))
  const driver = { name: 'bench', rules }
  return JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver }, results }] })
}

function result(at: number, rules: number) {
  const startLine = (at % 900) + 1
  return {
    ruleId: `language.security.rule-${at % rules}`,
    ruleIndex: at % rules,
    message: { text: `The value of request.query.field${at} reaches this call unchecked.` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: `src/module-${at % 97}/file-${at % 1009}.ts` },
          region: {
            startLine,
            startColumn: 5,
            endLine: startLine,
            endColumn: 60,
            snippet: { text: `    const rows${at} = await run(request.query.field${at})` },
          },
        },
      },
    ],
  }
}
