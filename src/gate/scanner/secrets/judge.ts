// Decides whether a value without a known shape, set to a name that promises a secret, is one.
import { anyOf } from './any-of.ts'
import { isMadeUp, isPlaceholder, isReference, isStandIn } from './placeholder.ts'
import { shannonEntropy, wordShare } from './randomness.ts'

/**
 * A password that a person chose or a machine drew. Values that only name something (words, even
 * joined by `-`, `_` or `.`, with a number behind) do not count: `passwordField1`, `oauth2`.
 */
export function isPassword(value: string): boolean {
  if (value.length < 6 || value.length > 128 || !/^[\x21-\x7e]+$/.test(value)) return false
  if (isReference(value) || isFileOrPath(value) || isHash(value)) return false
  // Aa12345678 is a poor password, but one that somebody set.
  if (isMadeUp(value) && !/^(?=.*[a-z])(?=.*[A-Z])[A-Za-z]{2,6}\d{4,10}$/.test(value)) return false
  if (!/[A-Za-z]/.test(value)) return false
  if (/^[A-Za-z]+$/.test(value)) return isLettersDrawn(value, 12)
  if (isUuid(value)) return false
  const kinds = countKinds(value)
  if (/[!@#$%^&*+=?~|]/.test(value) && kinds >= 3 && /\d/.test(value)) return true
  if (isWordsAndNumber(value)) return isChosenWord(value)
  return kinds >= 3 || /\d/.test(value) || shannonEntropy(value) >= 3
}

/**
 * Any word that somebody set, such as banana or wordpress: what counts where nothing but a
 * password can stand, in files of credentials and in variables named for one.
 */
export function isPlainPassword(value: string, kept: boolean): boolean {
  if (value.length < 5 || value.length > 64 || !/^[\x21-\x7e]+$/.test(value)) return false
  if (
    !/[A-Za-z]/.test(value) ||
    isReference(value) ||
    isMadeUp(value) ||
    (isStandIn(value) && !kept)
  ) {
    return false
  }
  return !isFileOrPath(value) && !isHash(value) && !kindOfValue.test(value)
}

/** What a schema or a template says of a value. */
const kindOfValue = anyOf(
  'i',
  /^(?:string|text|none|null|true|false|required|optional|hidden|input|default|empty|unset)$/,
  /^(?:disabled|enabled|random|generate[d]?|prompt|env|todo|changeit|undefined|value|plain)$/,
  /^(?:basic|bcrypt|sha\d{1,3}|md5|scram.*|sensitive|secure|password.*|.*passw(?:or)?d)$/,
  /change.?me|your|here$|[[\](){}<>$%]|::|^[*.-]/,
)

/** A token that a machine drew; `strict` where samples abound (tests, documentation). */
export function isToken(value: string, strict: boolean): boolean {
  const length = value.length
  if (length < (strict ? 24 : 16) || length > 512) return false
  if (!tokenAlphabet.test(value)) return isKeyMaterial(value)
  if (strict && /^\.?eyJ/.test(value)) return false
  if (isPlaceholder(value) || isFileOrPath(value) || isUuid(value) || isHash(value)) return false
  if (isEncodedStandIn(value)) return false
  if (/^[\d.,:/_-]+$/.test(value) || !/\d/.test(value)) return isLettersDrawn(value, 20)
  // In tests, hexadecimal is what vectors and digests are written in.
  if (/^(?:[0-9a-f]+|[0-9A-F]+)$/.test(value)) {
    return !strict && length >= 20 && shannonEntropy(value) >= 3
  }
  if (wordShare(value) > (strict ? 0.2 : 0.4)) return false
  return shannonEntropy(value) >= Math.min(strict ? 4 : 3.7, Math.log2(length) * 0.78)
}

const tokenAlphabet = /^[\w\-.+/=~:!@#$%^&*|,]+$/

/** A long key over all printable characters, as Django and WordPress draw them. */
function isKeyMaterial(value: string): boolean {
  return (
    /^[\x20-\x7e]{40,100}$/.test(value) &&
    !isPlaceholder(value) &&
    wordShare(value) < 0.2 &&
    shannonEntropy(value) >= 4.4 &&
    countKinds(value) >= 3 &&
    !/\s.*\s.*\s.*\s|['"`],? /.test(value)
  )
}

/** Sixteen, thirty-two or sixty-four bytes in base64: what ciphers take for a key. */
export function isKeyBytes(value: string): boolean {
  return /^(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/.test(value)
}

/** `user:password` and its like in base64, which hides nothing and here holds nothing. */
function isEncodedStandIn(value: string): boolean {
  if (value.length > 64 || !/^[A-Za-z0-9+/]{8,}={0,2}$/.test(value)) return false
  const text = Buffer.from(value, 'base64').toString('latin1')
  if (!/^[\x20-\x7e]{6,}$/.test(text)) return false
  const password = text.slice(text.indexOf(':') + 1)
  return isPlaceholder(text) || isStandIn(password) || isSameWord(text)
}

/** `admin:admin`. */
const isSameWord = (text: string) => /^([^:]{1,40}):\1$/.test(text)

/** Letters only, drawn by a machine: the case changes often, and nothing reads like a word. */
function isLettersDrawn(value: string, lengthMin: number): boolean {
  const changes = value.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g)?.length ?? 0
  return (
    value.length >= lengthMin &&
    /^[A-Za-z+/=_-]+$/.test(value) &&
    changes >= value.length / 4 &&
    wordShare(value) <= 0.25 &&
    shannonEntropy(value) >= Math.log2(value.length) * 0.78
  )
}

/** Small letters, capitals, digits, the rest. */
function countKinds(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length
}

function isWordsAndNumber(value: string): boolean {
  const wordy = wordShare(value.replace(/\d+$/, '')) > 0.6
  return wordy || /^[A-Za-z]+(?:[-_.:/][A-Za-z]+)*\d{0,4}$/.test(value)
}

/**
 * One word and a number, such as admin123, is how weak passwords look; several words joined, or
 * words from around passwords, are names.
 */
function isChosenWord(value: string): boolean {
  return /^[A-Za-z]{3,16}[@_]?\d{2,6}[!.]?$/.test(value) && !aboutPasswords.test(value)
}

const aboutPasswords = anyOf(
  'i',
  /pass|pwd|secret|token|test|user|login|input|field|type|name|key|auth|step|label|text|value/,
  /sha|md5|aes|base|oauth|utf|code|demo/,
)

function isFileOrPath(value: string): boolean {
  return fileOrPath.test(value)
}

const fileOrPath = anyOf(
  'i',
  /^(?:\.{0,2}|~|[A-Za-z]:)[\\/]|:\/\//,
  /\.(?:pem|key|crt|cer|jks|p12|pfx|gpg|asc|json|ya?ml|txt|env|conf|xml|properties|log)$/,
  /\.(?:html?|js|ts|py|rb|php|sh|png|svg)$/,
  /^[a-z][\w-]*(?:\.[a-z][\w-]*){2,}$/,
)

/** One-way hashes as they are stored: not the password itself. */
function isHash(value: string): boolean {
  return storedHash.test(value)
}

const storedHash = anyOf(
  '',
  /^\$(?:2[abxy]|argon2\w*|[156]|pbkdf2[\w-]*|scrypt)\$/,
  /^(?:\{S?SHA\d*\}|pbkdf2_|bcrypt|scrypt:)/,
)

/** A UUID of version 4, which is random: many services draw their keys so. */
export function isRandomUuid(value: string): boolean {
  return (
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(value) &&
    shannonEntropy(value) >= 3.2
  )
}

function isUuid(value: string): boolean {
  return /^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i.test(value)
}
