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

/** At most 10,000 entries; `name` is one of `inheritedFiles`. Never throws for what is in it. */
export function readInheritedFile(name: string, text: string): Accepted[] {
  const read = readers[name]
  if (read === undefined || text.length > (isYaml(name) ? yamlCharsMax : charsMax)) return []
  try {
    return read(text, name).slice(0, entriesMax)
  } catch {
    // Formats that nest can be nested until their parser gives up.
    return []
  }
}

const charsMax = 1 << 20
/** YAML has forms whose reading takes the square of their length. */
const yamlCharsMax = 64 << 10
const isYaml = (name: string) => /\.ya?ml$/.test(name)
