// Judges the name of a variable, a field or a setting: what kind of secret it would hold.
import { anyOf, wordSet } from './any-of.ts'

/**
 * `key`: a key of unknown use, which may be as harmless as a cache's. `other`: may hold a token of
 * a known shape, but says nothing about any other value.
 */
export type NameKind = 'password' | 'token' | 'key' | 'other'

export function classifyName(name: string): NameKind {
  const words = splitWords(name)
  while (words.length > 1 && qualifiers.has(words.at(-1) ?? '')) words.pop()
  const last = words.at(-1) ?? ''
  if (words.some((word) => harmless.has(word)) || forgeryToken.test(name)) return 'other'
  if (passwordWord.test(last)) return 'password'
  if (last === 'salt') return saltQualifiers.has(words.at(-2) ?? '') ? 'token' : 'other'
  if (tokenWords.has(last) || tokenWord.test(last) || keyWord.test(last)) return 'token'
  if (last !== 'key' && last !== 'keys') return 'other'
  if (keyQualifiers.has(words.at(-2) ?? '')) return 'token'
  return isSetting(name) ? 'key' : 'other'
}

/** Whether a name says what it holds but not whose it is: `apiKey`, `client_secret`. */
export function namesNoOwner(name: string): boolean {
  return splitWords(name).every((word) => ownerless.has(word))
}

/** `MAPBOX_KEY`, `ctf_key`, `newKey`: more than the word alone, and no word of look-ups. */
function isSetting(name: string): boolean {
  return /^[A-Za-z0-9_]{2,60}(?:_keys?|[a-z]Keys?)$/i.test(name) && !harmlessKey.test(name)
}

/** What stands before `_key` where it looks something up instead of opening it. */
const harmlessKey = anyOf(
  'i',
  /(?:cache|primary|foreign|sort|partition|row|hash|map|dict|index|unique|lookup|object)_?keys?$/,
  /(?:storage|shared|group|field|column|parent|s3|file|path|translation|i18n|site|event)_?keys?$/,
  /(?:job|task|message|node|item|record|data)_?keys?$/,
)

/** `DB_PASSWORD`, `dbPassword` and `db-password` are the words db and password. */
function splitWords(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
}

/** What may follow the word that counts: `API_KEY_PROD`, `secret_key_base`, `tokenV2`. */
const qualifiers = wordSet(
  'prod production dev development stage staging live test uat qa local default value str string',
  'base hex b64 base64 v new old primary secondary current plain raw text',
)

/** One of these anywhere, and the value is public, short-lived or no credential. */
const harmless = wordSet(
  'public pub publishable page next prev previous continuation cursor',
  'cancel cancellation sync placeholder label hint message error help title tooltip icon regex',
  'pattern idempotency etag encrypted ciphertext sealed checksum hash hashed digest fingerprint',
  'thumbprint integrity sitekey recaptcha',
)

/** Drawn for each page and good for nothing after it; also in one word: `csrftoken`. */
const forgeryToken = anyOf(
  'i',
  /(?:csrf|xsrf)(?!.*(?:secret|key))|authenticity_?token|anti-?forgery|requestverification/,
)

/** Salts that sign something, such as those of WordPress; others stand beside what they salt. */
const saltQualifiers = wordSet('auth in nonce secret cookie session password')

const ownerless = wordSet(
  'api key keys apikey token tokens secret secrets auth access client app application admin',
  'private password passwd pwd pass id value default bearer credential credentials service server',
  'rest account storage master signing webhook header options config x user personal bot sid',
)

const passwordWord = anyOf(
  '',
  /(?:passwords?|passwd|passphrase|passcode|passwort|kennwort|pwd)$/,
  /^(?:db|sql|mysql|pg|redis|mongo|user|admin|root|login|smtp|mail|ftp|ssh|ldap|web|my)?pass$/,
  /^psw$/,
)
const tokenWords = wordSet('secret token jwt bearer auth authorization creds credential pat')
const tokenWord = /(?:secret|token|apikey|credentials?)$/

/** What stands before `key` where it opens something. */
const keyQualifiers = wordSet(
  'api access secret private encryption encrypt decryption signing sign signature master auth app',
  'application account storage shared session crypto cipher aes hmac service admin client consumer',
  'subscription jwt webhook deploy license licence integration server rest write read token',
  'security cookie hash in nonce',
)
/** The same in one word: `accesskey`. */
const keyWord = anyOf(
  '',
  /(?:api|access|secret|private|encryption|signing|master|auth|account|storage)keys?$/,
  /(?:sharedaccess|hmac|aes)keys?$/,
)
