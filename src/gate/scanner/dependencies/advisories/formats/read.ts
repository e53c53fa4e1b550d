// Reads a file of any advisory database that is known here: which one it is, its content tells.
import { parse } from 'yaml'
import type { Advisory } from '../advisory.ts'
import { readFriendsOfPhp } from './friends-of-php.ts'
import { readNodeSecurity } from './node-security.ts'
import { readOsv } from './osv.ts'
import { readRetire } from './retire.ts'
import { readRubySec } from './rubysec.ts'
import { readRustSec } from './rustsec.ts'

export class AdvisoryFileError extends Error {
  override name = 'AdvisoryFileError'
}

export function isAdvisoryFile(path: string): boolean {
  return /\.(?:json|ya?ml|md)$/i.test(path)
}

/**
 * null for a file that holds no advisory at all; empty for advisories of packages that no lock
 * file of ours names.
 *
 * @throws {AdvisoryFileError} for JSON or YAML that cannot be parsed.
 */
export function readAdvisories(text: string, path: string): Advisory[] | null {
  if (/\.md$/i.test(path)) return parsed(path, () => readRustSec(text))
  if (/\.ya?ml$/i.test(path)) {
    const value: unknown = parsed(path, () => parse(text, { maxAliasCount: 0, schema: 'core' }))
    return readOsv(value) ?? readRubySec(value, path) ?? readFriendsOfPhp(value, path)
  }
  const value: unknown = parsed(path, () => JSON.parse(text))
  return readOsv(value) ?? readNodeSecurity(value) ?? readRetire(value)
}

function parsed<Value>(path: string, parse: () => Value): Value {
  try {
    return parse()
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : '').split('\n')
    throw new AdvisoryFileError(`${path} cannot be read: ${reason.slice(0, 200)}`)
  }
}
