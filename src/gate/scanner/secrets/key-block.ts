// Finds armoured private keys (RFC 7468, OpenSSH, OpenPGP RFC 9580), in files of their own and
// inside string literals.

export interface KeyBlock {
  /** From the first dash of the header to the last of the footer. */
  start: number
  end: number
  /** The key's base64 without blanks, escapes and headers. */
  value: string
  encrypted: boolean
}

/** `at` is the offset of `-----BEGIN`; null where no private key with a body follows. */
export function readKeyBlock(text: string, at: number): KeyBlock | null {
  header.lastIndex = at
  const opened = header.exec(text)
  if (opened === null) return null
  const [{ length }, label = ''] = opened
  const limit = Math.min(text.length, at + blockCharsMax)
  const inner = text.slice(at + length, limit)
  // No body holds five dashes, so the next ones end this block, or belong to another.
  const footer = inner.indexOf('-----')
  const body = footer === -1 ? inner.slice(0, openBodyChars(inner)) : inner.slice(0, footer)
  const value = base64Of(body)
  if (value.length < bodyCharsMin || isFiller(body, value)) return null
  const end = at + length + body.length
  return {
    start: at,
    end: footer === -1 ? end : footerEnd(text, end),
    value,
    encrypted: label.startsWith('ENCRYPTED') || isEncrypted(body, value),
  }
}

/** How `-----BEGIN ` begins in base64. */
export const encodedArmour = 'LS0tLS1CRUdJTi'

/** A key that was encoded once more, as in a Kubernetes Secret or a variable of CI. */
export function readEncodedKeyBlock(text: string, at: number): KeyBlock | null {
  if (!text.startsWith(encodedArmour, at) || /[A-Za-z0-9+/]/.test(text.charAt(at - 1))) return null
  const [run = ''] = /^[A-Za-z0-9+/=]*/.exec(text.slice(at, at + blockCharsMax)) ?? []
  const block = readKeyBlock(Buffer.from(run, 'base64').toString('latin1'), 0)
  return block && { ...block, start: at, end: at + run.length }
}

const header = /-----BEGIN ((?:[A-Z0-9]{2,10} ){0,3})PRIVATE KEY(?: BLOCK)?-----/y
/** An RSA key of 16,384 bits takes 13 kB. */
const blockCharsMax = 32_768
/** Ed25519 in PKCS #8, the shortest key met, takes 64; a shorter body is cut or made up. */
const bodyCharsMin = 40

/** Without a footer (a cut or split key) only what still reads like the body belongs to it. */
function openBodyChars(inner: string): number {
  const body = /^(?:[A-Za-z0-9+/=]|\\[nr]|\s){0,4096}/.exec(inner)
  return body?.[0].length ?? 0
}

function footerEnd(text: string, at: number): number {
  const closed = /^-----END [A-Z0-9 ]{1,60}-----/.exec(text.slice(at, at + 80))
  return at + (closed?.[0].length ?? 0)
}

/** Drops the header fields, then what string literals put around and between the lines. */
function base64Of(body: string): string {
  return withoutHeaders(body).replace(/[^A-Za-z0-9+/=]/g, '')
}

function withoutHeaders(body: string): string {
  return body.replace(/\\[nrt]/g, '\n').replace(/^[ \t"']{0,40}[A-Za-z-]{3,30}: .{0,200}$/gm, '')
}

/**
 * Not a key but a picture of one (`MIIE…`, `xxxx`, `<key>`, `${KEY}`), or code that puts one
 * together: a real body has lines of base64 and nothing else but what joins string literals.
 */
function isFiller(body: string, value: string): boolean {
  if (new Set(value).size < 16 || !/[A-Za-z0-9+/]{40}/.test(body)) return true
  if (/\.\.\.|x{6}|\*\*\*|<\w|\[snip|\$\{|\{\{/i.test(body)) return true
  return /[^A-Za-z0-9+/=\s"'`,;()\\#*|>-]/.test(withoutHeaders(body))
}

/** RFC 1421's header, or OpenSSH's cipher name, which comes first and is `none` in the clear. */
function isEncrypted(body: string, value: string): boolean {
  if (/Proc-Type: 4,ENCRYPTED/.test(body)) return true
  const opensshMagic = 'b3BlbnNzaC1rZXktdjE'
  return value.startsWith(opensshMagic) && !value.startsWith(`${opensshMagic}AAAAABG5vbmU`)
}
