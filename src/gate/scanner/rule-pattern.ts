// Regular expressions as rules write them. V8 (13.6) forgets the modifier of `(?i:a|b)` when it
// compiles without optimisation, which it does in any process that has compiled many patterns:
// rules would fall silent one by one, and only in long scans. So both cases are written out.

/** @throws {SyntaxError} when the pattern is none. */
export function rulePattern(source: string, flags = ''): RegExp {
  return new RegExp(bothCases(source), flags)
}

/** The same pattern without `(?i:…)`: `(?i:a[b-d])` becomes `(?:[aA][b-dB-D])`. */
export function bothCases(source: string): string {
  if (!source.includes(modifier)) return source
  // Validates what stands there, so that only well-formed patterns are taken apart.
  new RegExp(source)
  let result = ''
  /** Per open group whether letters in it stand for both cases. */
  const groups: boolean[] = []
  const folds = () => groups.at(-1) ?? false
  for (let at = 0; at < source.length; ) {
    const piece = pieceAt(source, at)
    at += piece.length
    if (piece === ')') groups.pop()
    if (piece === modifier) groups.push(true)
    else if (piece.startsWith('(')) groups.push(folds())
    result += piece === modifier ? '(?:' : folds() ? folded(piece) : piece
  }
  return result
}

const modifier = '(?i:'

/** An escape, a class, a group's opening or a single character. */
const pieces = [
  /\\(?:k<[^>]*>|[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[\s\S])/y,
  /\[(?:\\[\s\S]|[^\]\\])*\]/y,
  /\(\?(?:i:|:|=|!|<=|<!|<[^>=!]+>)/y,
  /\{\d+(?:,\d*)?\}/y,
]

function pieceAt(source: string, at: number): string {
  for (const piece of pieces) {
    piece.lastIndex = at
    const [found] = piece.exec(source) ?? []
    if (found !== undefined) return found
  }
  return source[at] ?? ''
}

function folded(piece: string): string {
  if (isLetter.test(piece)) return `[${piece.toLowerCase()}${piece.toUpperCase()}]`
  return piece.startsWith('[') ? foldedClass(piece) : piece
}

const isLetter = /^[A-Za-z]$/

/** Adds the other case of every letter and of every range of letters. */
function foldedClass(piece: string): string {
  const inside = piece.slice(piece.startsWith('[^') ? 2 : 1, -1)
  const members = inside.match(
    /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])|[A-Za-z]-[A-Za-z]|[\s\S]/g,
  )
  const added = (members ?? []).flatMap((member) => {
    if (isLetter.test(member) || /^[a-z]-[a-z]$|^[A-Z]-[A-Z]$/.test(member)) {
      const upper = member.toUpperCase()
      return [upper === member ? member.toLowerCase() : upper]
    }
    return []
  })
  return `${piece.slice(0, -1)}${added.join('')}]`
}
