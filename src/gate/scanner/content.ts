// Decides what a file's bytes are before any engine reads them: text to scan, or a reason not to.

export interface Text {
  /** UTF-8 or an ASCII-compatible 8-bit encoding, never UTF-16. */
  bytes: Uint8Array
}

/**
 * UTF-16 with a byte order mark becomes UTF-8 (lines and columns stay the same); anything else
 * is taken as it is, so that invalid UTF-8 costs nothing. Binary files give their skip reason.
 */
export function readText(bytes: Uint8Array): Text | 'binary' {
  const encoding = utf16Of(bytes)
  if (encoding !== null) return { bytes: toUtf8(bytes, encoding) }
  return looksBinary(bytes) ? 'binary' : { bytes }
}

/** A header that says a program wrote this file, as Go, protobuf and many others put it. */
export function looksGenerated(text: string): boolean {
  const header = text.slice(0, generatedHeaderChars)
  return /generated/i.test(header) && generatedHeader.test(header)
}

/** Lines that nobody typed. `text` holds one character per byte. */
export function looksMinified(path: string, text: string): boolean {
  if (/[.-]min\.(?:js|mjs|cjs|css)$/.test(path)) return true
  if (text.length < minifiedCharsMin) return false
  let lines = 0
  let chars = 0
  for (let start = 0; start <= text.length; ) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    if (end - start <= minifiedLineCharsMean || !isComment(text.slice(start, end))) {
      lines++
      chars += end - start + 1
    }
    start = end + 1
  }
  return chars > minifiedCharsMin && chars / lines > minifiedLineCharsMean
}

/** A source map, a drawing, a licence: however long, it says nothing of the code around it. */
function isComment(line: string): boolean {
  const text = line.trim()
  const close = text.startsWith('/*') || text.startsWith('* ') ? text.indexOf('*/', 2) : -1
  return /^(?:\/\/|# |\/\*|\* )/.test(text) && (close === -1 || close === text.length - 2)
}

const generatedHeader = new RegExp(
  [
    'code generated .{0,120}do not edit',
    '@generated\\b',
    'auto-?generated\\b.{0,120}do not (?:edit|modify)',
    'this file (?:is|was) (?:auto-?|automatically )?generated',
  ].join('|'),
  'i',
)
const generatedHeaderChars = 2048
const minifiedCharsMin = 20_000
const minifiedLineCharsMean = 300

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  // FF FE 00 00 would be UTF-32, which no tool writes; read as UTF-16 it is only NULs.
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return null
}

function toUtf8(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Uint8Array {
  return new TextEncoder().encode(new TextDecoder(encoding).decode(bytes))
}

/** Enough to meet the NULs of any binary format; control characters are counted in less. */
const nulSampleBytes = 8192
const controlSampleBytes = 1024
/** Compressed data has a tenth of control characters, text has none. */
const controlShareMax = 0.04

function looksBinary(bytes: Uint8Array): boolean {
  if (bytes.subarray(0, nulSampleBytes).includes(0)) return true
  const length = Math.min(bytes.length, controlSampleBytes)
  let controls = 0
  for (let at = 0; at < length; at++) controls += isControl[bytes[at] as number] as number
  return controls > length * controlShareMax || startsWith(bytes, '%PDF-')
}

/** All below the blank but what stands in texts: backspace to carriage return, and escape. */
const isControl = new Uint8Array(256)
isControl.fill(1, 0x00, 0x08)
isControl.fill(1, 0x0e, 0x20)
isControl[0x1b] = 0

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return Buffer.from(bytes.subarray(0, magic.length)).toString('latin1') === magic
}
