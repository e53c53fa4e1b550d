// Programming languages that the code engine has no rules for: that it says nothing of their files
// must not pass for an answer.
import { extname } from 'node:path'

const names: Readonly<Record<string, string>> = {
  '.c': 'C',
  '.cc': 'C++',
  '.cpp': 'C++',
  '.cs': 'C#',
  '.dart': 'Dart',
  '.ex': 'Elixir',
  '.go': 'Go',
  '.groovy': 'Groovy',
  '.kt': 'Kotlin',
  '.lua': 'Lua',
  '.m': 'Objective-C',
  '.php': 'PHP',
  '.pl': 'Perl',
  '.rb': 'Ruby',
  '.rs': 'Rust',
  '.scala': 'Scala',
  '.svelte': 'Svelte',
  '.swift': 'Swift',
  '.vb': 'Visual Basic',
  '.vue': 'Vue',
}

export class OtherLanguages {
  readonly #files = new Map<string, number>()

  meet(path: string): void {
    const name = names[extname(path).toLowerCase()]
    if (name !== undefined) this.#files.set(name, (this.#files.get(name) ?? 0) + 1)
  }

  /** The most frequent first; null where none was met. */
  note(): string | null {
    if (this.#files.size === 0) return null
    const counted = [...this.#files].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    const list = counted.map(
      ([name, files]) => `${name} (${files} ${files === 1 ? 'file' : 'files'})`,
    )
    return `no rules for code in ${list.join(', ')}: only secrets were looked for there`
  }
}
