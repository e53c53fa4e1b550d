import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { licenceIds, readLicence } from './licence.ts'

describe('readLicence', () => {
  it.each([
    ['MIT', { kind: 'id', id: 'MIT' }],
    ['apache-2.0', { kind: 'id', id: 'Apache-2.0' }],
    ['(MIT OR Apache-2.0)', { kind: 'expression', expression: '(MIT OR Apache-2.0)' }],
    ['mit and (isc or 0bsd)', { kind: 'expression', expression: 'MIT AND (ISC OR 0BSD)' }],
    [
      'GPL-2.0-only WITH Classpath-exception-2.0',
      { kind: 'expression', expression: 'GPL-2.0-only WITH Classpath-exception-2.0' },
    ],
  ])('reads %s', (stated, licence) => {
    expect(readLicence(stated)).toEqual(licence)
  })

  it.each(['', 'BSD', 'Apache License 2.0', 'MIT/X11', '(MIT', 'MIT OR', 'OR', ')(', 'MIT MIT'])(
    'leaves %j as it is',
    (stated) => {
      expect(readLicence(stated)).toEqual({ kind: 'words', words: stated })
    },
  )

  it('knows licences of the SPDX list only', () => {
    const library = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library')
    const root = library.slice(
      0,
      library.lastIndexOf('cyclonedx-library') + 'cyclonedx-library'.length,
    )
    const path = join(root, 'res/schema/spdx.SNAPSHOT.schema.json')
    const listed = new Set<string>(JSON.parse(readFileSync(path, 'utf8')).enum)
    expect([...licenceIds.values()].filter((id) => !listed.has(id))).toEqual([])
  })
})
