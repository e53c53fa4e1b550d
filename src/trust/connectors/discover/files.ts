// Finds certificates in files: PEM, DER, PKCS #7, PKCS #12 and Java key stores, by their names or,
// in a deep pass, by how each file begins.
import { createHash } from 'node:crypto'
import { type Certificate, isAuthority, isSelfIssued } from '../../x509/certificate.ts'
import { orderChain, orderChains } from '../../x509/chain/order.ts'
import {
  type Discover,
  type Discovered,
  type DiscoveryContext,
  DiscoveryRefused,
  type FilesSettings,
  type KnownCertificate,
  type Sighting,
} from './contract.ts'
import { keysNear, type NearKeys } from './files/keys.ts'
import { type HeldCertificate, type ReadFile, readCertificates } from './files/read.ts'
import { readWhole } from './files/read-whole.ts'
import { mayHoldCertificates, mayHoldKeys, thoseThatBeginLikely } from './files/recognize.ts'
import { type Folder, type FoundFile, walk } from './files/walk.ts'

const passwordsMax = 20
/** Of one file that hold no key: chains of more are only told by the first. */
const authoritiesMax = 100

export type FilesPass = FilesSettings & { deep: boolean }

/** Yields folder by folder, in the order of their names. */
export const discoverFiles: Discover<FilesPass> = async function* (settings, context) {
  const passwords = await passwordsOf(settings.passwordsFile)
  let done = 0
  for await (const folder of walk({ settings, signal: context.signal })) {
    yield* folder.skipped
    yield* lookInto(folder, { settings, passwords, context })
    done += folder.files.length
    context.progress?.(done, null)
  }
}

interface Pass {
  settings: FilesPass
  passwords: readonly string[]
  context: DiscoveryContext
}

async function* lookInto(folder: Folder, pass: Pass): AsyncGenerator<Discovered> {
  const { context } = pass
  const { state } = context
  const beside = stampOf(folder)
  let near: Promise<NearKeys> | undefined
  const nearKeys = () => {
    near ??= keysNear(folder.path)
    return near
  }
  const likely = pass.settings.deep ? await likelyOf(folder, context) : new Set<string>()
  for (const file of folder.files) {
    context.signal.throwIfAborted()
    const isNamed = mayHoldCertificates(file.path)
    const isKnown = state?.holds(file.path) === true
    if (!isNamed && !isKnown && !likely.has(file.path)) continue
    // Of a file that nobody calls a certificate, what lies beside it says nothing.
    const stamp = isNamed || isKnown ? `${file.stamp} ${beside}` : file.stamp
    const known = state?.recall(file.path, stamp)
    if (known !== undefined) {
      if (known.length > 0) yield unchanged(file.path, known, context)
      continue
    }
    const found = await lookAt(file, { ...pass, nearKeys, isNamed })
    const told = found.flatMap((each) => ('der' in each ? [knownOf(each)] : []))
    if (found.length === told.length) {
      // Now that it is known to hold some, the next pass compares it as such.
      const next = told.length > 0 ? `${file.stamp} ${beside}` : stamp
      state?.remember(file.path, next, told)
    }
    yield* found
  }
}

/** Of the files whose names say nothing those that begin as a certificate does. */
async function likelyOf({ files }: Folder, { state }: DiscoveryContext): Promise<Set<string>> {
  const others = files.filter(
    ({ path, stamp }) =>
      !mayHoldCertificates(path) && !state?.holds(path) && !state?.recall(path, stamp),
  )
  const likely = await thoseThatBeginLikely(others.map(({ path }) => path))
  for (const { path, stamp } of others) if (!likely.has(path)) state?.remember(path, stamp, [])
  return likely
}

interface Look extends Pass {
  nearKeys: () => Promise<NearKeys>
  isNamed: boolean
}

async function lookAt(file: FoundFile, look: Look): Promise<Discovered[]> {
  const { settings, passwords, context, isNamed } = look
  const { path } = file
  if (file.size === 0) return []
  const whole = await readWhole(path, settings.sizeMax)
  if ('reason' in whole) return [{ path, reason: whole.reason }]
  const read = readCertificates(whole.bytes, passwords)
  const told = isTold(whole.bytes, isNamed, read) ? read.unread : []
  const certificates = distinct(read.certificates)
  const own = new Set(read.keys)
  const orphans = certificates.some((each) => !each.keyWithin && !own.has(spkiOf(each)))
  const near = orphans ? await look.nearKeys() : { open: own, locked: 0 }
  const locked = read.lockedKeys + near.locked
  const chainOf = chainsOf(certificates.map(({ certificate }) => certificate))
  const sightings = certificates.flatMap((each): Sighting[] => {
    const key = spkiOf(each)
    const hasPrivateKey = each.keyWithin || own.has(key) || near.open.has(key)
    if (isTrustAnchor(each.certificate) && !hasPrivateKey && !settings.authorities) return []
    const sighting: Sighting = {
      der: each.certificate.der,
      chain: chainOf(each.certificate),
      source: 'filesystem',
      hostname: context.hostname,
      path,
      hasPrivateKey,
    }
    const isClosed = !hasPrivateKey && locked > 0
    return [isClosed ? { ...sighting, note: closedNote } : sighting]
  })
  return [...sightings, ...told.map((reason) => ({ path, reason }))]
}

/** Roots of the time before there was a way to say so are of version 1. */
function isTrustAnchor(certificate: Certificate): boolean {
  return isAuthority(certificate) || (certificate.version < 3 && isSelfIssued(certificate))
}

const closedNote = 'a password closes a private key beside it, which may be its own'

/** Files of another use that happen to have such a name are not worth a word. */
function isTold(bytes: Buffer, isNamed: boolean, { certificates }: ReadFile): boolean {
  if (certificates.length > 0) return true
  const isPem = isNamed
    ? bytes.includes('-----BEGIN CERTIFICATE-----')
    : /^-----BEGIN CERTIFICATE-----\r?\n[\w+/=\r\n]+\n-----END/m.test(bytes.toString('latin1'))
  const isBinary = bytes[0] === 0x30 || bytes[0] === 0xfe || bytes[0] === 0xce
  return isPem || (isNamed && isBinary)
}

function chainsOf(all: readonly Certificate[]): (certificate: Certificate) => Uint8Array[] {
  if (all.length === 1) return () => []
  const chains = new Map<string, readonly Certificate[]>()
  for (const { chain } of orderChains(all)) {
    const [leaf] = chain
    if (leaf !== undefined) chains.set(leaf.fingerprint, chain)
  }
  let left = authoritiesMax
  return (certificate) => {
    const known = chains.get(certificate.fingerprint)
    const chain = known ?? (left-- > 0 ? orderChain(all, certificate)?.chain : undefined)
    return (chain ?? []).slice(1).map(({ der }) => der)
  }
}

function distinct(all: readonly HeldCertificate[]): HeldCertificate[] {
  const found = new Map<string, HeldCertificate>()
  for (const each of all) {
    const before = found.get(each.certificate.fingerprint)
    if (before === undefined || each.keyWithin) found.set(each.certificate.fingerprint, each)
  }
  return [...found.values()]
}

function spkiOf({ certificate }: HeldCertificate): string {
  return Buffer.from(certificate.publicKey.der).toString('base64')
}

function knownOf({ der, hasPrivateKey }: Sighting): KnownCertificate {
  const fingerprint = `SHA256:${createHash('sha256').update(der).digest('hex')}`
  return { fingerprint, hasPrivateKey }
}

function unchanged(
  path: string,
  certificates: readonly KnownCertificate[],
  { hostname }: DiscoveryContext,
): Discovered {
  return { path, source: 'filesystem', hostname, certificates: [...certificates] }
}

/** Changes with each file that may decide whether a certificate has its key here. */
function stampOf({ files }: Folder): string {
  const hash = createHash('sha256')
  for (const { path, stamp } of files) if (mayHoldKeys(path)) hash.update(`${path}\0${stamp}\0`)
  return hash.digest('base64url').slice(0, 12)
}

async function passwordsOf(file: string | undefined): Promise<string[]> {
  const usual = ['changeit', '']
  if (file === undefined) return usual
  const whole = await readWhole(file, 65_536)
  if ('reason' in whole) {
    throw new DiscoveryRefused(`the file of passwords, ${file}: ${whole.reason}`)
  }
  const lines = whole.bytes
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '')
  if (lines.length <= passwordsMax) return [...lines, ...usual]
  const hint = 'Each is tried on each key store, which takes long by design.'
  throw new DiscoveryRefused(`${file} has over ${passwordsMax} passwords`, hint)
}
