// References to container images: `registry.example.com:5000/team/web:1.2@sha256:…`.
import { made, scalar } from './mapping.ts'
import type { Mapping, Place } from './resource.ts'

export interface ImageReference {
  /** With registry and path, without tag and digest. */
  repository: string
  /** The last part of the repository. */
  name: string
  tag: string | null
  digest: string | null
}

export function parseImage(text: string): ImageReference {
  const at = text.indexOf('@')
  const beforeDigest = at === -1 ? text : text.slice(0, at)
  const slash = beforeDigest.lastIndexOf('/')
  const colon = beforeDigest.indexOf(':', slash + 1)
  const repository = colon === -1 ? beforeDigest : beforeDigest.slice(0, colon)
  return {
    repository,
    name: repository.slice(slash + 1),
    tag: colon === -1 ? null : beforeDigest.slice(colon + 1),
    digest: at === -1 ? null : text.slice(at + 1),
  }
}

/** `{ text, repository, name, tag?, digest? }` */
export function imageView(text: string, place: Place): Mapping {
  const { repository, name, tag, digest } = parseImage(text)
  const part = (value: string | null) => (value === null ? undefined : scalar(value, place))
  const parts = { text: part(text), repository: part(repository), name: part(name) }
  return made({ ...parts, tag: part(tag), digest: part(digest) }, place)
}
