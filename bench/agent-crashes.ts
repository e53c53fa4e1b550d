// Kills the agent at every point of a deployment to nginx, one that comes to be served and one
// that is rolled back, and tells what is there after the next start.
import { crashAt, type Scenario } from '../src/agent/fixtures/crash-walk.ts'
import { newAuthority } from '../src/agent/fixtures/deployment-host.ts'

const authority = await newAuthority()
const nginx = '/usr/sbin/nginx'
const scenarios: (readonly [string, Scenario])[] = (['files', 'folder'] as const).flatMap(
  (layout) => [
    [`${layout}, served`, { nginx, authority, layout }],
    [`${layout}, the reload fails`, { nginx, authority, layout, reload: ['/bin/false'] }],
  ],
)
let wrong = 0

async function walk(title: string, scenario: Scenario, before: readonly number[]): Promise<void> {
  // Whoever dies late in a first life passes all that its next life has to undo.
  const { points } = await crashAt(before, scenario)
  const passed = before.reduce((sum, each) => sum + each, 0)
  process.stdout.write(`${title}: ${points.length - passed} points\n`)
  for (const [at, point] of points.slice(passed).entries()) {
    const { died, result, served, leftovers } = await crashAt([...before, at + 1], scenario)
    const expected = result.state === 'deployed' ? 'new' : 'old'
    const good = died && served === expected && leftovers.length === 0
    if (!good) wrong += 1
    const line = `${good ? 'ok   ' : 'WRONG'} ${point}: ${result.state}, ${served} is served`
    process.stdout.write(`  ${line}${leftovers.map((each) => `, ${each} is left`).join('')}\n`)
  }
}

for (const [title, scenario] of scenarios) {
  await walk(title, scenario, [])
  const { points } = await crashAt([], scenario)
  const switched = points.lastIndexOf('config_test') + 1
  await walk(`${title}, and once more while it is undone`, scenario, [switched])
}
process.stdout.write(wrong === 0 ? 'exactly one certificate, as reported, each time\n' : '')
process.exitCode = wrong === 0 ? 0 : 1
