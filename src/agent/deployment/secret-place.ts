// A secret of Kubernetes: both values exchanged by one request, which the cluster refuses where
// somebody else has changed the secret since it was looked at.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { syncDirectory } from '../../platform/files.ts'
import {
  type Secret,
  type SecretName,
  type Secrets,
  tlsSecretType,
} from '../../trust/connectors/deploy/cluster-secrets.ts'
import { parsePem } from '../../trust/x509/pem.ts'
import { DeploymentFailure } from './failure.ts'
import { keepCopies } from './kept-copies.ts'
import { fingerprintOf, type Material } from './material.ts'
import type { Place, Work } from './place.ts'
import { createFile } from './write-file.ts'

const keys = ['tls.crt', 'tls.key'] as const
const copyName = 'secret.json'

/** Null: there was no secret. The values stand in the copy. */
const Snapshot = z.object({
  was: z.object({ uid: z.string(), resourceVersion: z.string() }).nullable(),
})
const Copy = z.record(z.string(), z.string())

interface SecretPlaceOptions {
  work: Work
  kept: { folder: string; max: number }
}

export function secretPlace(
  api: Secrets,
  secret: SecretName,
  { work, kept }: SecretPlaceOptions,
): Place {
  const shown = `secret ${secret.namespace}/${secret.name}`
  let wanted: { data: Record<string, string>; version: string | null } | null = null

  return {
    async permit() {
      const found = await api.get(secret)
      if (found !== null && found.type !== tlsSecretType) {
        throw new DeploymentFailure(`${shown} has the type ${found.type}, not ${tlsSecretType}`)
      }
    },
    async holds(material) {
      const found = await api.get(secret)
      return found !== null && same(found.data, dataOf(material))
    },
    async snapshot(folder) {
      const found = await api.get(secret)
      const values = Object.fromEntries(keys.map((key) => [key, found?.data[key] ?? '']))
      const ownership = { mode: 0o600, uid: null, gid: null }
      await createFile(join(folder, copyName), JSON.stringify(values), ownership)
      await syncDirectory(folder)
      if (found === null) return { was: null }
      return { was: { uid: found.uid, resourceVersion: found.resourceVersion } }
    },
    async write(material, snapshot) {
      const { was } = Snapshot.parse(snapshot)
      wanted = { data: dataOf(material), version: was?.resourceVersion ?? null }
      return `${shown} ${was === null ? 'is to be made' : `is at version ${was.resourceVersion}`}`
    },
    async switch() {
      if (wanted === null) throw new Error('nothing was prepared')
      const made =
        wanted.version === null
          ? await api.create(secret, wanted.data)
          : await api.patch(secret, wanted.data, wanted.version)
      return `${shown} has version ${made.resourceVersion}`
    },
    async restore(snapshot, folder) {
      const { was } = Snapshot.parse(snapshot)
      const before = Copy.parse(JSON.parse(await readFile(join(folder, copyName), 'utf8')))
      const now = await api.get(secret)
      if (now === null) return
      // Whoever changed it after us knows better than a snapshot.
      if (!isOurs(now, work)) return
      if (was === null) return api.remove(secret, now.uid)
      // Deleted and made anew by somebody: the old values are not put over theirs.
      if (was.uid !== now.uid) return
      await api.patch(secret, before, now.resourceVersion)
    },
    tidy: (folder) => keepCopies(folder, { kept, place: secret, work }),
  }
}

function dataOf(material: Material): Record<string, string> {
  const encode = (pem: string) => Buffer.from(pem).toString('base64')
  return { 'tls.crt': encode(material.pem('fullchain')), 'tls.key': encode(material.pem('key')) }
}

const same = (found: Secret['data'], wanted: Secret['data']) =>
  keys.every((key) => found[key] === wanted[key])

/** Whether it holds the certificate of this deployment. */
function isOurs({ data }: Secret, { fingerprint }: Work): boolean {
  try {
    const [leaf] = parsePem(Buffer.from(data['tls.crt'] ?? '', 'base64').toString())
    return leaf !== undefined && fingerprintOf(leaf.bytes) === fingerprint
  } catch {
    return false
  }
}
