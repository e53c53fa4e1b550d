// The files in which other tools keep what is accepted, by name, with what reads each. What is not
// understood in them is passed over: it accepts nothing.
import { type Accepted, entriesMax } from './accepted.ts'
import { readCheckovConfig } from './checkov-config.ts'
import { readGitleaksIgnore } from './gitleaks-ignore.ts'
import { readOsvConfig } from './osv-config.ts'
import { readTrivyIgnore, readTrivyIgnoreYaml } from './trivy-ignore.ts'

type Reader = (text: string, source: string) => Accepted[]

const readers: Readonly<Record<string, Reader>> = {
  '.trivyignore': readTrivyIgnore,
  '.trivyignore.yaml': readTrivyIgnoreYaml,
  '.trivyignore.yml': readTrivyIgnoreYaml,
  '.gitleaksignore': readGitleaksIgnore,
  '.checkov.yaml': readCheckovConfig,
  '.checkov.yml': readCheckovConfig,
  'osv-scanner.toml': readOsvConfig,
}

export const inheritedFiles: readonly string[] = Object.keys(readers)

export interface Inherited {
  entries: Accepted[]
  /** Why the file accepts nothing, or not all that it lists; null where it was read. */
  problem: string | null
}

/** At most 10,000 entries; `name` is one of `inheritedFiles`. Never throws for what is in it. */
export function readInheritedFile(name: string, text: string): Inherited {
  const read = readers[name]
  if (read === undefined) return { entries: [], problem: null }
  const most = isYaml(name) ? yamlCharsMax : charsMax
  if (text.length > most) return tooLarge(name, most)
  try {
    const entries = read(text, name)
    if (entries.length <= entriesMax) return { entries, problem: null }
    const problem = `${name}: only the first ${entriesMax} of ${entries.length} entries count`
    return { entries: entries.slice(0, entriesMax), problem }
  } catch {
    // Formats that nest can be nested until their parser gives up.
    return { entries: [], problem: `${name} does not count: it cannot be read` }
  }
}

/** A file that is not read at all. */
export function tooLarge(name: string, most = charsMax): Inherited {
  const size = most >= 1 << 20 ? `${most >> 20} MB` : `${most >> 10} kB`
  return { entries: [], problem: `${name} does not count: it has over ${size}` }
}

const charsMax = 1 << 20
/** YAML has forms whose reading takes the square of their length. */
const yamlCharsMax = 64 << 10
const isYaml = (name: string) => /\.ya?ml$/.test(name)
