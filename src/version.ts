// This program's version, from the one place that states it.
import { readFileSync } from 'node:fs'

export const version: string = readVersion()

/** The file stands one folder above both `src/` and `build/`. */
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
