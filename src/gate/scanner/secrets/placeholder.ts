// Values that stand where a secret will: templates, masks, made-up series and telling words.
import { anyOf } from './any-of.ts'

/** Whether `value` names a secret kept elsewhere, or is filled in when the program runs. */
export function isReference(value: string): boolean {
  return template.test(value) || vaultReference.test(value)
}

/**
 * Whether a token of a known shape was made up for show. Only long words tell, since a random
 * token may hold a short one.
 */
export function isMadeUp(value: string): boolean {
  return longWords.test(value) || isMask(value) || isSeries(value)
}

/**
 * Whether a token's characters can be meant in earnest. Where samples abound (`strict`), one
 * series in it is enough to say no.
 */
export function isGenuine(value: string, strict: boolean): boolean {
  if (isMadeUp(value) || isReference(value)) return false
  return !strict || rampChars(value, 8) === 0
}

/** Whether a value without a known shape is no secret in earnest. */
export function isPlaceholder(value: string): boolean {
  return isReference(value) || isMadeUp(value) || shortWords.test(value) || literals.test(value)
}

/** What writers of manuals, and git's token URLs, put where the password of a pair goes. */
export function isStandIn(password: string): boolean {
  return standIn.test(password) || /([*x#•.-])\1{2}/i.test(password)
}

const standIn = anyOf(
  'i',
  /^(?:(?:my|your|the)[-_]?|test|db|user|some|new|old)?pass(?:wor[dt]|wd|phrase)?\d{0,4}[!.]?$/,
  /^(?:(?:my|your|the)[-_]?|test|db|user|some|new|old)?(?:pwd|pw|secret|token)\d{0,4}[!.]?$/,
  /^(?:user(?:name)?|x-oauth-basic|x-token-auth|example|test|foo|bar|guest|root|admin)$/,
  /^(?:postgres|mysql|redis|mongo|rabbitmq|your.{0,20}|[a-z]{1,8}pass(?:word)?)$/,
  /^(?:\[.{1,30}\]|<.{1,30}>)$/,
)

/** `${NAME}`, `{{ name }}`, `<%= name %>`, `%(name)s`, `<your key>` and their like. */
const template = anyOf(
  '',
  /\$\{[\w.:{(-]|\{\{|\}\}|<%[=\w -]|#\{\w|\$\([\w{ ]|%\(\w+\)|\{\d?\}|<[A-Za-z][\w -]{1,60}>/,
  // A regular expression, which describes values instead of being one.
  /\[[^\]]{2,40}\][{*+?]|\(\?[:=!<]/,
  /^\$\$?[A-Za-z_]|^%[A-Za-z_]{1,40}%?$|^%[sdvqx]/,
  /^<[^>]{0,80}>?$|^\[[^\]]{0,80}\]$|^\{[^}]{0,80}\}$|^__\w{1,60}__$|^@[\w.-]{1,60}@$/,
)

/** Where secret stores, deployment tools and programs say that a value lies elsewhere. */
const vaultReference = anyOf(
  'i',
  /^(?:process\.|import\.meta|os\.|env[.:(]|ENV\[|secrets?[.:]|vault[.:]|op:\/\/|ref\+|arn:|ssm:)/,
  /^(?:sm:\/\/|file:|data:|https?:\/\/|ENC[[(]|enc:|\{\w{1,12}\}|@Microsoft\.KeyVault|projects\/)/,
  /^(?:resolve:|sha(?:1|256|384|512)[-:]|urn:|AQICAH|!(?:vault|ref|sub|getatt|env|secret)\b)/,
)

const longWords = anyOf(
  'i',
  /example|placeholder|change[_-]{0,2}(?:me|it|this)|replace|redacted|dummy|sample|insert|invalid/,
  /your[_-]|your(?:key|token|secret|api)|not[_-]?real|(?:fake|mock)[_-]|[_-]fake/,
  /foobar|deadbeef|d3adb33f|c0ffee|cafebabe/,
)
const shortWords = anyOf(
  'i',
  /test|fake|mock|your|enter|todo|fixme|here$|token$|passw(?:or)?d|p[a@]ssw[o0]rd|secret/,
  /api-?_?key|lorem|undefined|default|required|optional|string|xxx|\.\.\.|\*\*\*|---|___|\u2026/,
)
const literals =
  /^(?:hunter2|none|null|nil|true|false|yes|no|on|off|n\/a|changeit|temp|tbd|abc123)$/i

function isMask(value: string): boolean {
  return /([*x#•.0_?-])\1{4}/i.test(value) || /(.)\1{7}/.test(value) || new Set(value).size < 4
}

/** 12345678, abcdefgh and their like for the most part, or one unit said over and over. */
function isSeries(value: string): boolean {
  if (rampChars(value, 5) > value.length / 2) return true
  const body = value.slice(Math.max(value.lastIndexOf('_'), value.lastIndexOf('-')) + 1)
  const period = `${body}${body}`.indexOf(body, 1)
  return body.length >= 8 && period <= body.length / 2
}

/** Characters in stretches in which each follows, or each precedes, the one before it. */
function rampChars(value: string, lengthMin: number): number {
  let total = 0
  let length = 1
  let direction = 0
  for (let at = 1; at <= value.length; at++) {
    const step = stepBetween(value.charCodeAt(at - 1), value.charCodeAt(at))
    if (step !== 0 && (step === direction || length === 1)) {
      length++
    } else {
      if (length >= lengthMin) total += length
      length = step === 0 ? 1 : 2
    }
    direction = step
  }
  return total
}

/** 1 up, -1 down, 0 elsewhere; 9 to 0 and 9 to a go on upwards, as on a keyboard and in hex. */
function stepBetween(before: number, after: number): number {
  if (before === 0x39 && (after === 0x30 || (after | 0x20) === 0x61)) return 1
  if (after - before === 1) return 1
  return before - after === 1 ? -1 : 0
}
