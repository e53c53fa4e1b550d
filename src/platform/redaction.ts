// Takes secrets out of what is about to be logged: by the name of a field, and by their shape
// within texts. Rather too much is removed than too little.

const removed = '[redacted]'

/** Deep copy of JSON data without secrets; texts are cut to 16 KiB and nesting to 16 levels. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= depthMax) return '[too deep]'
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1))
  const copy: Record<string, unknown> = Object.create(null)
  for (const [name, item] of Object.entries(value)) {
    // Ordinary names are too short to be a key of ours.
    const cleanName = name.length < 16 ? name : redactText(name)
    copy[cleanName] = hidden(name, item) ? removed : redactValue(item, depth + 1)
  }
  return copy
}

/** The text without anything that looks like a credential. Takes time linear in its length. */
export function redactText(text: string): string {
  // Most fields are short words: none of the shapes consists of letters and digits alone.
  if (text.length < 64 && !/[^0-9A-Za-z]/.test(text)) return text
  let clean = text.slice(0, scannedMax)
  for (const [shape, replacement] of shapes) clean = clean.replace(shape, replacement)
  const cut = text.length > scannedMax || clean.length > textMax
  return cut ? `${clean.slice(0, textMax)}… [cut]` : clean
}

const depthMax = 16
const textMax = 16_384
/** More than is kept, so that a secret across the cut is still seen whole. */
const scannedMax = 4 * textMax

/**
 * Compared with a field's name in lower case without `_`, `-` and the like. Only the end counts:
 * `access_token` is hidden, `token_type` and `secrets_found` are not.
 */
const hiddenNames = [
  'authorization cookies? connectsid sessionid',
  'passwords? passwds? passphrase pwd otp recoverycodes?',
  'tokens? secrets? credentials? assertion samlresponse codeverifier',
  'apikeys? secretkey accesskey privatekey masterkey signingkey',
]
const hiddenName = new RegExp(`(?:${hiddenNames.join(' ').replaceAll(' ', '|')})$`)

function hidden(name: string, value: unknown): boolean {
  if (value === null || typeof value === 'boolean') return false
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (!hiddenName.test(plain)) return false
  // `tokens: 12` counts something.
  return typeof value !== 'number' || !plain.endsWith('s')
}

const parameters =
  '(?:token|secret|passw(?:or)?d|passphrase|api_?key|assertion|code_verifier|SAMLResponse)'

/**
 * No shape may scan a stretch of text more than once: an attacker chooses what is logged. So each
 * either matches wherever its fixed beginning stands, or begins at the edge of a word only.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  // Our API keys, also where they are cut or glued to other text.
  [/(tg_live_|ti_live_|ti_test_|ck_live_)[0-9A-Za-z]{8,}/g, `$1${removed}`],
  [/(?<![0-9A-Za-z])(ak_|ck_)[0-9A-Za-z]{16,}/g, `$1${removed}`],
  [/(ak_|ck_)[0-9A-Za-z]{30,}/g, `$1${removed}`],
  // Webhook secrets and signing keys; base64 may be percent-encoded.
  [/(whsec_|whsk_)[0-9A-Za-z+/=_%-]{16,}/g, `$1${removed}`],
  // Credentials of code hosts and chat, which connections hold.
  [/(gh[opsur]_|github_pat_|glpat-|xox[abeoprs]-)[0-9A-Za-z_-]{10,}/g, `$1${removed}`],
  // JSON Web Tokens (RFC 7519).
  [/(?<![0-9A-Za-z_-])eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]*)*/g, removed],
  [/-----BEGIN ([A-Z ]{0,30}PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, removed],
  // Headers, as a line of text and as a scheme within one.
  [/((?:authorization|cookie|api-key)["']?: *)[^\r\n"']+/gi, `$1${removed}`],
  [/\b(Bearer|DPoP) +[^\s"',;]{6,}/gi, `$1 ${removed}`],
  // Base64 has capitals, "Basic authentication" has not.
  [/\b(Basic) +(?=[a-z]*[A-Z0-9=])[^\s"',;]+/g, `$1 ${removed}`],
  // user:password@ in a URL.
  [/:\/\/[^\s/?#"'<>@]*(?:@[^\s/?#"'<>@]*)*@/g, `://${removed}@`],
  // Parameters of URLs and forms, and members of JSON within a text.
  [new RegExp(`(${parameters}=)[^\\s&#"']+`, 'gi'), `$1${removed}`],
  [/([?&]code=)[^\s&#"']+/g, `$1${removed}`],
  [new RegExp(`(${parameters}\\\\?" *: *\\\\?")[^"\\\\]+`, 'gi'), `$1${removed}`],
]
