// `panthera doctor`: looks at everything that a start needs, starts nothing but an embedded
// database that is there already, and changes nothing.
import { version } from '../../version.ts'
import type { Place } from '../installation/place.ts'
import { redactText } from '../redaction.ts'
import { type Check, fail, pass, reasonOf } from './check.ts'
import { checkDatabase, withoutDatabase } from './database.ts'
import { type Facts, readFacts } from './facts.ts'
import { checkFirstRun, checkFolders } from './folders.ts'
import { checkGit, checkNode, checkPostgres } from './machine.ts'
import { checkPort } from './port.ts'
import { openSession } from './session.ts'
import { type Environment, readSettings } from './settings.ts'

export interface Examination {
  version: string
  checks: Check[]
  /** What the database tells about itself; null where it was not reached. */
  facts: Facts | null
}

/** Never throws for what it finds. */
export async function examine(env: Environment): Promise<Examination> {
  const { config, wrong, checks: settings } = readSettings(env)
  const checks = [
    checkNode(),
    ...settings,
    ...(await checkPostgres(config)),
    await checkGit(),
    ...(await checkFolders(config)),
    await checkPort(config),
    await checkFirstRun(config),
  ]
  const { checks: ofDatabase, facts } = await examineDatabase(config, wrong)
  return { version, checks: [...checks, ...ofDatabase].map(redacted), facts }
}

async function examineDatabase(
  place: Place,
  wrong: ReadonlySet<string>,
): Promise<Pick<Examination, 'checks' | 'facts'>> {
  const unusable = ['DATABASE_URL', 'PANTHERA_MASTER_KEY', 'PANTHERA_MASTER_KEY_PREVIOUS']
  const broken = unusable.filter((name) => wrong.has(name))
  if (broken.includes('DATABASE_URL')) {
    return { checks: withoutDatabase('DATABASE_URL is wrong'), facts: null }
  }
  try {
    const session = await openSession(place)
    if (session === null) {
      const detail = `none yet: the first start makes it in ${place.dataDir}`
      const checks = [pass('database', detail), ...withoutDatabase('there is no database yet')]
      return { checks, facts: null }
    }
    try {
      const checks = await checkDatabase(session, place)
      const facts = await readFacts(session).catch(() => null)
      const meant = checks.filter(({ name }) => name !== 'master-key' || broken.length === 0)
      return { checks: meant, facts }
    } finally {
      await session.close()
    }
  } catch (error) {
    const fix = (error as { fix?: string }).fix ?? 'check DATABASE_URL: host, user, password, name'
    const unreached = fail('database', `not reached: ${reasonOf(error)}`, fix)
    return { checks: [unreached, ...withoutDatabase('the database was not reached')], facts: null }
  }
}

/** What was thrown or configured may hold a credential. */
function redacted(check: Check): Check {
  const { detail, fix } = check
  return { ...check, detail: redactText(detail), fix: fix === null ? null : redactText(fix) }
}
