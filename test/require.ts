// What some tests need of the machine: found, installed where that is asked for, or skipped with
// its reason. To add a component, add a row.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'vitest'

interface Component {
  /** Path of the program or folder, undefined where it is not there. */
  find: () => string | undefined
  /** Debian package that brings it. */
  aptPackage: string
}

const components = {
  apache: { find: () => onPath('apache2') ?? inSbin('apache2'), aptPackage: 'apache2' },
  /** A name server that takes updates. */
  bind: { find: () => onPath('named') ?? executable('/usr/sbin/named'), aptPackage: 'bind9' },
  /** Four clients of ACME. */
  caddy: { find: () => onPath('caddy'), aptPackage: 'caddy' },
  certbot: { find: () => onPath('certbot'), aptPackage: 'certbot' },
  chromium: {
    find: () => onPath('chromium', 'chromium-browser', 'google-chrome'),
    aptPackage: 'chromium',
  },
  dehydrated: { find: () => onPath('dehydrated'), aptPackage: 'dehydrated' },
  git: { find: () => onPath('git'), aptPackage: 'git' },
  haproxy: { find: () => onPath('haproxy') ?? inSbin('haproxy'), aptPackage: 'haproxy' },
  /** Reads JSON in the recipe that goes along with evidence. */
  jq: { find: () => onPath('jq'), aptPackage: 'jq' },
  /** Of a Java runtime: reads and writes key stores. */
  keytool: { find: () => onPath('keytool'), aptPackage: 'default-jre-headless' },
  lego: { find: () => onPath('lego'), aptPackage: 'lego' },
  nginx: { find: () => onPath('nginx') ?? inSbin('nginx'), aptPackage: 'nginx' },
  /** A Node on PATH that cannot run the sources, as a newcomer may have. */
  olderNode: { find: olderNode, aptPackage: 'nodejs' },
  openssl: { find: () => onPath('openssl'), aptPackage: 'openssl' },
  /** An ACME server for tests. */
  pebble: { find: () => onPath('pebble'), aptPackage: 'pebble' },
  /** The folder of `initdb`, `postgres`, `psql` and `pg_dump`, of the newest version installed. */
  postgres: { find: postgresBin, aptPackage: 'postgresql' },
  /** The library of a token in software, with `softhsm2-util` beside it. */
  softhsm: { find: softhsmLibrary, aptPackage: 'softhsm2' },
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

/** Where Debian has servers, which a user's PATH leaves out. */
function inSbin(program: string): string | undefined {
  const file = join('/usr/sbin', program)
  return isExecutable(file) ? file : undefined
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function executable(file: string): string | undefined {
  return isExecutable(file) ? file : undefined
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

function softhsmLibrary(): string | undefined {
  const folders = ['/usr/lib/softhsm', '/usr/lib64/softhsm', '/usr/local/lib/softhsm']
  const libraries = folders.map((folder) => join(folder, 'libsofthsm2.so'))
  // The optional package that speaks to it is native, and may not have been built here.
  const spoken = existsSync('node_modules/pkcs11js/build/Release/pkcs11.node')
  if (!spoken || onPath('softhsm2-util') === undefined) return undefined
  return libraries.find((file) => existsSync(file))
}

function workingUnshare(): string | undefined {
  const unshare = onPath('unshare')
  if (unshare === undefined) return undefined
  const { status } = spawnSync(unshare, ['--user', '--map-root-user', '--net', 'true'])
  return status === 0 ? unshare : undefined
}
