// Globs of folders, as workspaces are declared: `packages/*`, `apps/**`, `{a,b}`, `!left-out`.

/** A folder fits when one glob takes it in and none leaves it out. */
export function folderMatcher(globs: readonly string[]): (folder: string) => boolean {
  const known = globs.slice(0, globsMax)
  const taken = known.filter((glob) => !glob.startsWith('!')).flatMap(patternOf)
  const left = known
    .filter((glob) => glob.startsWith('!'))
    .flatMap((glob) => patternOf(glob.slice(1)))
  return (folder) =>
    taken.some((pattern) => pattern.test(folder)) && !left.some((pattern) => pattern.test(folder))
}

const globsMax = 500
const globCharsMax = 200
/** More of them could make a match slow. */
const starsMax = 5

function patternOf(glob: string): RegExp[] {
  const stars = glob.split('*').length - 1
  if (glob.length > globCharsMax || stars > 2 * starsMax) return []
  const parts = glob.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '')
  const source = parts.replace(/\/\*\*(?=$|\/)|\*\*\/?|\*|\?|\{[^{}]*\}|[^\w/-]/g, (part) => {
    if (part === '/**') return '(?:/.*)?'
    if (part.startsWith('**')) return '(?:.*/)?'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.length > 1) return `(?:${part.slice(1, -1).split(',').map(escaped).join('|')})`
    return escaped(part)
  })
  return [new RegExp(`^${source}$`)]
}

const escaped = (text: string) => text.replace(/[^\w/-]/g, '\\$&')
