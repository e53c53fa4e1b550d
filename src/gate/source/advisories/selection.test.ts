import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openIndex } from '../../scanner/dependencies/advisories/index-file.ts'
import { isSelection } from '../../scanner/dependencies/advisories/selection.ts'
import { ecosystems } from '../../scanner/dependencies/package.ts'
import { bundledAdvisories, indexFileName } from './directory.ts'
import { loadAdvisories } from './load.ts'
import { buildSelection } from './selection.ts'

const folder = await bundledAdvisories()
const [{ date }] = JSON.parse(await readFile(join(folder, 'sources.json'), 'utf8'))

describe('the selection that comes with the package', () => {
  it('is what its files say: run data/advisories/build.ts after changing them', async () => {
    const built = await buildSelection(join(folder, 'known'), date)
    expect(built.map(({ description }) => description.ecosystem)).toEqual([...ecosystems])
    for (const { description, bytes } of built) {
      const bundled = openIndex(await readFile(join(folder, indexFileName(description.ecosystem))))
      expect(bundled.description).toEqual(description)
      expect(isSelection(bundled.description)).toBe(true)
      expect([...bundled.entries()]).toEqual([...openIndex(bytes).entries()])
    }
  })

  it('has the checksums that lie beside it', async () => {
    const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8')
    for (const line of sums.trimEnd().split('\n')) {
      const [sum, name = ''] = line.split('  ')
      const bytes = await readFile(join(folder, name))
      expect(`${name} ${createHash('sha256').update(bytes).digest('hex')}`).toBe(`${name} ${sum}`)
    }
  })

  it.each([
    ['Maven', 'org.apache.logging.log4j:log4j-core', 'CVE-2021-44228'],
    ['Maven', 'org.springframework:spring-beans', 'CVE-2022-22965'],
    ['npm', 'lodash', 'CVE-2021-23337'],
    ['PyPI', 'PyYAML', 'CVE-2020-14343'],
    ['NuGet', 'newtonsoft.json', 'CVE-2024-21907'],
    ['Packagist', 'phpunit/phpunit', 'CVE-2017-9841'],
  ] as const)('knows in %s %s for %s', async (ecosystem, name, id) => {
    const index = await loadAdvisories({ directories: [folder] })
    const found = index.find(ecosystem, name).find(({ ids }) => ids.includes(id))
    expect(found?.statements[0]?.affected).not.toEqual([])
    expect(found?.rating.severity).not.toBeNull()
  })
})
