// Kills the server and the agent at every point of a certificate's renewal over ACME and of its
// deployment to nginx, and tells what is there after the next start; then what else goes wrong.
// `certificate-crashes.ts <text>…` walks only what has one of the texts in its name.
import { faults, goThrough } from '../test/journeys/certificate-crashes/faults.ts'
import { nameOf } from '../test/journeys/certificate-crashes/tripwire.ts'
import { crashAt, firstCertificate, pointsOf } from '../test/journeys/certificate-crashes/walk.ts'
import { startWorld } from '../test/journeys/certificate-crashes/world.ts'

const texts = process.argv.slice(2)
const programs = {
  bind: '/usr/sbin/named',
  pebble: '/usr/bin/pebble',
  nginx: '/usr/sbin/nginx',
}
const isNamed = (name: string) => texts.length === 0 || texts.some((text) => name.includes(text))
const world = await startWorld(programs)
let wrong = 0
try {
  const id = await firstCertificate(world)
  const points = await pointsOf(world, id)
  const walked = points.filter((point) => isNamed(nameOf(point)))
  process.stdout.write(`${walked.length} of ${points.length} points\n`)
  for (const point of walked) {
    const outcome = await crashAt(world, id, point)
    const isGood = outcome.wrong.length === 0
    if (!isGood) wrong += 1
    const seconds = (outcome.ms / 1_000).toFixed(1)
    const told = isGood ? '' : `: ${outcome.wrong.join('; ')}`
    process.stdout.write(`  ${isGood ? 'ok   ' : 'WRONG'} ${seconds} s ${nameOf(point)}${told}\n`)
  }
  for (const fault of faults.filter(({ name }) => isNamed(name))) {
    const { told, isOldServed, isNewServed } = await goThrough(world, id, fault)
    const { state, code, message } = fault.told
    const isTold = told.state === state && told.code === code && message.test(told.message)
    const isGood = isTold && isOldServed && isNewServed
    if (!isGood) wrong += 1
    const last = told.message.split('\n').find((line) => message.test(line)) ?? told.message
    process.stdout.write(`  ${isGood ? 'ok   ' : 'WRONG'} ${fault.name}: ${told.state}: ${last}\n`)
  }
} finally {
  await world.stop()
}
process.stdout.write(wrong === 0 ? 'nothing wrong\n' : `${wrong} wrong\n`)
process.exitCode = wrong === 0 ? 0 : 1
