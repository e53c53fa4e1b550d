// AuthZEN's certification, all levels, against a server of ours; and, with the folder of a copy of
// the working group's repository, the vectors of its interoperability events:
// `node bench/authzen.ts [FOLDER]`. Ends with 1 where anything differs.
import { apiOf, makeCertification } from '../test/conformance/authzen-fixture.ts'
import { certify, sendTo, table } from '../test/conformance/authzen-run.ts'
import { makeScenarios, readScenarios } from './authzen-interop.ts'
import { startServer } from './measure.ts'

const origin = 'https://authzen.example'
const [folder] = process.argv.slice(2)

async function withServer(
  work: (target: { url: string; key: string; point: string }) => Promise<void>,
) {
  const limits = { 'identity.enterprise.minute': 1_000_000 }
  const server = await startServer({
    PANTHERA_PUBLIC_URL: origin,
    PANTHERA_RATE_LIMITS: JSON.stringify(limits),
  })
  const key = server.keys.identity ?? ''
  try {
    await work({ url: `${server.url}/identity`, key, point: `${origin}/identity` })
  } finally {
    await server.stop()
  }
}

await withServer(async (target) => {
  await makeCertification(apiOf(target.url, target.key))
  const outcomes = await certify(target)
  process.stdout.write(`${table(outcomes)}\n`)
  for (const { case: each, wrong } of outcomes) {
    if (wrong === null) continue
    process.stdout.write(`${each.level}, ${each.section}, ${each.what}: ${wrong}\n`)
    process.exitCode = 1
  }
})

if (folder !== undefined) {
  await withServer(async (target) => {
    await makeScenarios(apiOf(target.url, target.key), folder)
    for (const { name, vectors } of await readScenarios(folder)) {
      let passed = 0
      for (const { sent, fits } of vectors) {
        const { status, json } = await sendTo(target, sent)
        if (status === 200 && fits(json)) passed += 1
        else process.stdout.write(`${name}: ${sent.text} answered ${JSON.stringify(json)}\n`)
      }
      process.stdout.write(
        `${name.padEnd(18)} ${`${passed}/${vectors.length} vectors`.padStart(16)}\n`,
      )
      if (passed < vectors.length) process.exitCode = 1
    }
  })
}
