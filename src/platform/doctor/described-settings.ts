// Settings as a support bundle shows them: values of those that hold no secret, and of the others
// only that they are set.
import type { Environment } from './settings.ts'

export interface DescribedSetting {
  name: string
  /** `(set)` in place of what is not shown. */
  value: string
}

/** Every setting of ours that is set, also one that nobody knows, and libpq's. */
export function describeSettings(env: Environment): DescribedSetting[] {
  return Object.entries(env)
    .filter(
      ([name, value]) => value && /^(PANTHERA_|PG[A-Z]+$|DATABASE_URL$|NODE_OPTIONS$)/.test(name),
    )
    .map(([name, value = '']) => ({ name, value: shown(name, value) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const plain = new Set(
  [
    'HOST PORT DATA_DIR CACHE_DIR ROLES SURFACE_HOSTS GIT_HOSTS RATE_LIMITS LOG_LEVEL',
    'OUTBOUND_ALLOW_CIDRS WEBHOOK_ALLOW_CIDRS GITHUB_APP_ID DECISION_DAYS SMTP_FROM',
    'ACME_HTTP_PORT ACME_TLS_PORT ACME_ANSWERS_FOR PKCS11_LIBRARIES',
  ]
    .join(' ')
    .split(' ')
    .map((name) => `PANTHERA_${name}`),
)
const addresses = /^PANTHERA_(PUBLIC_URL|SMTP_URL|(GITHUB|GITLAB|BITBUCKET)_(CLONE|API)_URL)$/
const notShown = '(set)'

function shown(name: string, value: string): string {
  if (plain.has(name)) return value
  if (name === 'DATABASE_URL') return database(value)
  return addresses.test(name) ? address(value) : notShown
}

/** Without user, password, query and fragment. */
function address(value: string): string {
  if (!URL.canParse(value)) return notShown
  const { protocol, host, pathname } = new URL(value)
  return `${protocol}//${host}${pathname}`
}

/** Its parameters may hold a password, too. */
function database(value: string): string {
  if (!URL.canParse(value)) return notShown
  const { searchParams } = new URL(value)
  const kept = ['host', 'port', 'sslmode'].flatMap((name) => {
    const found = searchParams.get(name)
    return found === null ? [] : [`${name}=${found}`]
  })
  return [address(value), ...(kept.length > 0 ? [kept.join('&')] : [])].join('?')
}
