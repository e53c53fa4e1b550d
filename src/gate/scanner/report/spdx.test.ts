import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv from 'ajv/dist/2019.js'
import { describe, expect, it } from 'vitest'
import { joined, sampleReport } from './sample.ts'
import { writeSpdx } from './spdx.ts'

const schemas = join(import.meta.dirname, '../../../../test/fixtures/schemas')
const schema = JSON.parse(readFileSync(join(schemas, 'spdx.json'), 'utf8'))
const validate = new Ajv.default({ strict: false }).compile(schema)

async function documentOf(report = sampleReport) {
  const document = JSON.parse(await joined(writeSpdx(report)))
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  return document
}

describe('writeSpdx', () => {
  it('writes a valid document', async () => {
    const text = await joined(writeSpdx(sampleReport))
    await expect(text).toMatchFileSnapshot('../../../../test/golden/report/spdx.json')
    await documentOf()
    await documentOf({ ...sampleReport, packages: [], findings: [] })
  })

  it('names the elements that it relates', async () => {
    const { packages, relationships } = await documentOf()
    const ids = new Set(packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID))
    expect(ids.size).toBe(packages.length)
    for (const { spdxElementId, relatedSpdxElement } of relationships) {
      expect([...ids, 'SPDXRef-DOCUMENT']).toContain(spdxElementId)
      expect([...ids]).toContain(relatedSpdxElement)
    }
    expect(relationships).toHaveLength(5)
  })

  it('quotes licences that are no expression', async () => {
    const { packages, hasExtractedLicensingInfos } = await documentOf()
    const declared = packages.map(
      ({ licenseDeclared }: { licenseDeclared: string }) => licenseDeclared,
    )
    expect(declared).toEqual([
      'NOASSERTION',
      'MIT OR Apache-2.0',
      'LicenseRef-1',
      'MIT',
      'NOASSERTION',
    ])
    expect(hasExtractedLicensingInfos).toEqual([
      { licenseId: 'LicenseRef-1', extractedText: 'Do what you like' },
    ])
  })
})
