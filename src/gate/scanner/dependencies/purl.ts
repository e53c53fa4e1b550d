// Package URLs: how bills of materials, advisories and findings name a package of any ecosystem.
import { PackageURL } from 'packageurl-js'
import type { Ecosystem, Package } from './package.ts'

/** Without a version where that is null or empty. */
export function purlOf(ecosystem: Ecosystem, name: string, version: string | null): string {
  const at = name.lastIndexOf(ecosystem === 'Maven' ? ':' : '/')
  const namespace = at > 0 ? name.slice(0, at) : null
  const type = types[ecosystem]
  try {
    return new PackageURL(type, namespace, name.slice(at + 1), version, null, null).toString()
  } catch {
    // A name that no registry would take, out of a manifest that nobody could install.
    const behind = version ? `@${encodeURIComponent(version)}` : ''
    return `pkg:${type}/${encodeURIComponent(name)}${behind}`
  }
}

/** With where it comes from, if that is not the ecosystem's registry. */
export function purlOfPackage({ ecosystem, name, version, origin }: Package): string {
  const purl = purlOf(ecosystem, name, version)
  if (origin === null) return purl
  if (/^(?:git|ssh)\b/.test(origin)) return `${purl}?vcs_url=${encodeURIComponent(origin)}`
  return /^https?:/.test(origin) ? `${purl}?download_url=${encodeURIComponent(origin)}` : purl
}

const types: Readonly<Record<Ecosystem, string>> = {
  npm: 'npm',
  PyPI: 'pypi',
  Go: 'golang',
  'crates.io': 'cargo',
  Maven: 'maven',
  RubyGems: 'gem',
  Packagist: 'composer',
  NuGet: 'nuget',
}
