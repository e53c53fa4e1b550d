// Settings that nobody is shown again: kept apart from the others, sealed.
import type { Secrets } from '../../platform/secrets.ts'
import type { AuthorityType } from '../connectors/authority/contract.ts'
import { type AuthorityTypeName, authorityTypes } from '../connectors/authority/index.ts'
import type { AuthorityRow } from './store.ts'

type Settings = Record<string, unknown>

/** Of one organization and one authority, which its token names before it has an id. */
function place({ organizationId, token }: Pick<AuthorityRow, 'organizationId' | 'token'>): string {
  return `organization/${organizationId}/authority-settings/${token}`
}

/** Without its secrets, as everybody may see them. */
export function shownSettings(type: AuthorityTypeName, settings: Settings): Settings {
  const shown = structuredClone(settings)
  for (const path of secretsOf(type)) take(shown, path)
  return shown
}

/** Null where there is no secret among them. */
export function sealSettings(
  secrets: Secrets,
  row: Pick<AuthorityRow, 'organizationId' | 'token' | 'type'>,
  settings: Settings,
): Buffer | null {
  const copy = structuredClone(settings)
  const found = secretsOf(row.type).map((path) => [path, take(copy, path)] as const)
  const hidden = found.filter(([, value]) => value !== undefined)
  return hidden.length === 0
    ? null
    : secrets.seal(JSON.stringify(Object.fromEntries(hidden)), place(row))
}

/** As they were given. */
export function wholeSettings(secrets: Secrets, row: AuthorityRow): Settings {
  const settings = structuredClone(row.settings)
  if (row.sealedSettings === null) return settings
  const opened = secrets.open(row.sealedSettings, place(row)).toString('utf8')
  for (const [path, value] of Object.entries<unknown>(JSON.parse(opened)))
    put(settings, path, value)
  return settings
}

function secretsOf(type: AuthorityTypeName): readonly string[] {
  return (authorityTypes[type] as AuthorityType<unknown>).secrets ?? []
}

function take(settings: Settings, path: string): unknown {
  const [holder, name] = holderOf(settings, path)
  if (holder === null) return undefined
  const value = holder[name]
  delete holder[name]
  return value
}

function put(settings: Settings, path: string, value: unknown): void {
  const [holder, name] = holderOf(settings, path)
  // Whoever took the object away has taken its secret away as well.
  if (holder !== null) holder[name] = value
}

function holderOf(settings: Settings, path: string): [Settings | null, string] {
  const names = path.split('.')
  const name = names.pop() ?? ''
  let holder: unknown = settings
  for (const each of names) holder = isObject(holder) ? holder[each] : undefined
  return [isObject(holder) ? holder : null, name]
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
