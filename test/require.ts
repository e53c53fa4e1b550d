// What some tests need of the machine: found, installed where that is asked for, or skipped with
// its reason. To add a component, add a row.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'vitest'

interface Component {
  /** Path of the program or folder, undefined where it is not there. */
  find: () => string | undefined
  /** Debian package that brings it. */
  aptPackage: string
}

const components = {
  /** Four clients of ACME. */
  caddy: { find: () => onPath('caddy'), aptPackage: 'caddy' },
  certbot: { find: () => onPath('certbot'), aptPackage: 'certbot' },
  chromium: {
    find: () => onPath('chromium', 'chromium-browser', 'google-chrome'),
    aptPackage: 'chromium',
  },
  dehydrated: { find: () => onPath('dehydrated'), aptPackage: 'dehydrated' },
  git: { find: () => onPath('git'), aptPackage: 'git' },
  /** Of a Java runtime: reads and writes key stores. */
  keytool: { find: () => onPath('keytool'), aptPackage: 'default-jre-headless' },
  lego: { find: () => onPath('lego'), aptPackage: 'lego' },
  /** A Node on PATH that cannot run the sources, as a newcomer may have. */
  olderNode: { find: olderNode, aptPackage: 'nodejs' },
  openssl: { find: () => onPath('openssl'), aptPackage: 'openssl' },
  /** The folder of `initdb`, `postgres`, `psql` and `pg_dump`, of the newest version installed. */
  postgres: { find: postgresBin, aptPackage: 'postgresql' },
  /** Works only where user namespaces are allowed, so it is tried. */
  unshare: { find: workingUnshare, aptPackage: 'util-linux' },
} as const satisfies Record<string, Component>

export type ComponentName = keyof typeof components

export type Found =
  | { name: ComponentName; available: true; path: string }
  | { name: ComponentName; available: false; reason: string }

/**
 * Looks for a component. Where `CI` is set or `PANTHERA_TEST_REQUIRE=all`, a missing one is
 * installed if this is Debian and root. Await it at the top of a test file.
 */
export async function requireComponent(name: ComponentName): Promise<Found> {
  const { find, aptPackage } = components[name]
  const path = find()
  if (path !== undefined) return { name, available: true, path }
  const hint = `apt-get install ${aptPackage}`
  if (!isRequired()) return { name, available: false, reason: `${name} is missing (${hint})` }
  const failure = install(aptPackage)
  const installed = failure === undefined ? find() : undefined
  if (installed !== undefined) return { name, available: true, path: installed }
  const reason = failure ?? `it is not found or does not work after ${hint}`
  return { name, available: false, reason: `${name} is missing and required: ${reason}` }
}

/**
 * `describe` that needs a component: skipped with the reason where it is missing, or one failing
 * test where it is required.
 */
export function describeWith(found: Found, title: string, body: (path: string) => void): void {
  if (found.available) {
    describe(title, () => body(found.path))
  } else if (isRequired()) {
    it(`${title}: needs ${found.name}`, () => {
      throw new Error(found.reason)
    })
  } else {
    describe.skip(title, { meta: { missing: found.reason } }, () => body(''))
  }
}

function isRequired(): boolean {
  const { CI = '', PANTHERA_TEST_REQUIRE } = process.env
  return PANTHERA_TEST_REQUIRE === 'all' || !['', '0', 'false'].includes(CI)
}

/** What went wrong, or undefined. */
function install(aptPackage: string): string | undefined {
  if (onPath('apt-get') === undefined) return 'there is no apt-get to install it with'
  if (process.getuid?.() !== 0) return `only root can install it: apt-get install ${aptPackage}`
  // Test processes run side by side and apt has no lock over both steps, so flock makes one.
  const flags = '-y -qq --no-install-recommends'
  const script = `apt-get update -qq && apt-get install ${flags} ${aptPackage}`
  const { status, stderr } = spawnSync('flock', ['/run/lock/panthera-apt', 'sh', '-c', script], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 300_000,
  })
  return status === 0 ? undefined : `apt-get failed: ${stderr.trim().split('\n').at(-1) ?? status}`
}

function onPath(...programs: string[]): string | undefined {
  return programs.flatMap(allOnPath)[0]
}

function allOnPath(program: string): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, program)).filter(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function olderNode(): string | undefined {
  return allOnPath('node').find((node) => {
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
    return Number.parseInt(stdout.slice(1), 10) < 24
  })
}

function postgresBin(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = isExecutable(root) ? readdirSync(root) : []
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'))
    .find((bin) => isExecutable(join(bin, 'initdb')) && isExecutable(join(bin, 'postgres')))
}

function workingUnshare(): string | undefined {
  const unshare = onPath('unshare')
  if (unshare === undefined) return undefined
  const { status } = spawnSync(unshare, ['--user', '--map-root-user', '--net', 'true'])
  return status === 0 ? unshare : undefined
}
