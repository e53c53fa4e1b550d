// What a start would find on this machine, without starting or leaving anything.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findInstallations, type Installation, linkLibraries } from './binaries.ts'
import { userNamespacesWork } from './run-as.ts'

export interface PostgresProbe {
  source: 'embedded' | 'system' | 'none'
  /** One sentence: what was found, or why nothing was. */
  detail: string
  /** Whether root can run the server without giving it files of another user. */
  userNamespaces: boolean
}

/** For `panthera doctor`. Never throws. */
export async function probePostgres(): Promise<PostgresProbe> {
  const userNamespaces = process.platform === 'linux' && (await userNamespacesWork())
  const reasons: string[] = []
  for (const installation of await findInstallations()) {
    try {
      const version = await versionOf(installation)
      const { source, home } = installation
      return { source, detail: `${version} from ${home}`, userNamespaces }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      reasons.push(`${installation.home} does not run: ${reason.trim()}`)
    }
  }
  const detail = reasons.join('; ') || 'neither the package nor a system PostgreSQL is installed'
  return { source: 'none', detail, userNamespaces }
}

/** Really runs it; the package's links are made elsewhere, because only a start may copy it. */
async function versionOf({ source, home }: Installation): Promise<string> {
  const links = mkdtempSync(join(tmpdir(), 'panthera-probe-'))
  try {
    const env = { ...process.env, LD_LIBRARY_PATH: join(links, 'lib') }
    if (source === 'embedded') {
      mkdirSync(join(links, 'lib'))
      linkLibraries(home, links)
    }
    const options = { timeout: 10_000, env: source === 'embedded' ? env : process.env }
    const { stdout } = await promisify(execFile)(join(home, 'bin', 'postgres'), ['-V'], options)
    return stdout.trim()
  } finally {
    rmSync(links, { recursive: true, force: true })
  }
}
