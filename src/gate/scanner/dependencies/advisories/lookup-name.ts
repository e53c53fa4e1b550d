// The one spelling under which a package is looked up, whoever wrote its name.
import type { Ecosystem } from '../package.ts'

export function lookupName(ecosystem: Ecosystem, name: string): string {
  const trimmed = name.trim()
  if (ecosystem === 'PyPI') return trimmed.toLowerCase().replace(/[-_.]+/g, '-')
  if (ecosystem === 'NuGet' || ecosystem === 'Packagist') return trimmed.toLowerCase()
  return trimmed
}

/** Whether a name can stand in an index: short and in one line. */
export function isIndexable(name: string): boolean {
  return name !== '' && name.length <= nameCharsMax && !/[\p{Cc}\p{Cs}]/u.test(name)
}

const nameCharsMax = 300
