// Keeps secrets that callers put into a context or an attribute out of the log: by the words of
// their names, and by the look of their values.

export const mask = '[masked]'

const keys = 'api|access|private|signing|encryption|session|auth|ssh|client|account|master|service'
const named = [
  'passwords?|passwd|pwd|passphrase|passcode|secrets?|tokens?|jwt|bearer|authorization|cookies?',
  `credentials?|(?:${keys}) ?keys?`,
].join('|')
/** Where a word ends with it: `dbpassword`, too. */
const sensitive = new RegExp(`(?:${named})(?= |$)`)
/** Secret or personal although they are short, or numbers. */
const personal = /(?:^| )(?:ssn|social security|otp|pin|cvv|cvc|tax id|iban|card number)(?= |$)/
/** Says something of a secret, and is none. */
const harmless = /(?:^| )(?:count|length|size|age|days|type|kind|status|policy|limit|at|until)$/

const looksSecret = new RegExp(
  [
    String.raw`^\s*(?:bearer\s+\S+|basic\s+[\w+/=-]{8,}|dpop\s+\S+)\s*$`,
    String.raw`\beyJ[\w-]+\.[\w-]+\.[\w-]*`,
    '-----BEGIN [A-Z ]*PRIVATE KEY',
    String.raw`\b(?:gh[pousr]_|github_pat_|xox[abprs]-|sk_live_|AKIA)\w{8,}`,
  ].join('|'),
  'i',
)

/** In the text of what nothing is masked in, none of this stands. */
const suspicious = new RegExp(
  [
    'pass|pwd|secret|token|jwt|bearer|authoriz|cookie|credential|key|ssn|social|otp|pin|cv[vc]|tax',
    'iban|card|basic|dpop|eyJ|gh[pousr]_|github_pat|xox|sk_live|AKIA',
  ].join('|'),
  'i',
)

/** As JSON, with what is secret masked. `text`: it as it is. */
export function masked(value: unknown, text: string): string {
  if (!suspicious.test(text)) return text
  return JSON.stringify(value, (name, part: unknown) => (isSecret(name, part) ? mask : part))
}

/** The attributes only: the names of entities are what their rows are found by. */
export function maskedEntities<One extends { attrs: object }>(all: readonly One[], text: string) {
  if (!suspicious.test(text)) return text
  return JSON.stringify(all.map((one) => ({ ...one, attrs: withMask(one.attrs) })))
}

function withMask(attrs: object): unknown {
  return JSON.parse(masked(attrs, JSON.stringify(attrs)))
}

function isSecret(name: string, value: unknown): boolean {
  if (value === null || typeof value === 'boolean') return false
  if (typeof value === 'string' && looksSecret.test(value)) return true
  const spoken = wordsOf(name)
  if (personal.test(spoken)) return true
  // A number counts something or is a time.
  return typeof value !== 'number' && sensitive.test(spoken) && !harmless.test(spoken)
}

/** `apiToken2`, `api-token_2` and `API_TOKEN.2` are `api token 2`. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/([A-Za-z])(\d)/g, '$1 $2')
    .replace(/[^A-Za-z\d]+/g, ' ')
    .trim()
    .toLowerCase()
}
