import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { reportFormats } from './formats.ts'
import type { Report } from './report.ts'
import { joined, sampleFindings, sampleReport, sampleSuppressed } from './sample.ts'

const write = async (name: string, report: Report = sampleReport) => {
  const format = reportFormats.find((one) => one.name === name)
  return joined((await format?.load())?.(report) ?? (async function* () {})())
}

const golden = (name: string) => `../../../../test/golden/report/${name}`

/** What somebody who wants to harm a reader would put into a repository. */
const hostile =
  '</script><img src=x onerror=alert(1)>"\'`|\n::error::x ]]> \u202e\u0000\u001b[2J @all'
const harmful: Report = {
  ...sampleReport,
  project: { name: hostile, revision: hostile },
  findings: sampleFindings.map((finding) => ({
    ...finding,
    title: hostile,
    description: hostile,
    remediation: hostile,
    references: [`javascript:alert(1)//${hostile}`],
    location: finding.location && { ...finding.location, path: hostile },
    excerpt: finding.excerpt && { ...finding.excerpt, lines: [hostile, hostile, hostile] },
    steps: finding.steps.map((step) => ({ ...step, path: hostile, label: hostile, code: hostile })),
  })),
  suppressed: sampleSuppressed.map((one) => ({ ...one, reason: hostile, source: hostile })),
}
const empty: Report = { ...sampleReport, findings: [], suppressed: [], packages: [] }

describe('every report format', () => {
  it.each([
    ['html', 'report.html'],
    ['markdown', 'report.md'],
    ['junit', 'junit.xml'],
    ['github', 'github.txt'],
    ['gitlab-sast', 'gitlab-sast.json'],
    ['gitlab-secrets', 'gitlab-secrets.json'],
    ['gitlab-dependencies', 'gitlab-dependencies.json'],
    ['gitlab-quality', 'gitlab-quality.json'],
  ])('%s is as it was', async (name, file) => {
    await expect(await write(name)).toMatchFileSnapshot(golden(file))
  })

  it.each(reportFormats.map(({ name }) => name))('%s has a name of its own', (name) => {
    expect(reportFormats.filter((one) => one.name === name)).toHaveLength(1)
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
  })

  it.each(
    reportFormats.filter(({ mediaType }) => mediaType.includes('json')).map(({ name }) => name),
  )('%s is a JSON document, whatever it holds', async (name) => {
    for (const report of [sampleReport, harmful, empty]) JSON.parse(await write(name, report))
  })
})

describe('HTML', () => {
  it.each([
    ['a sample', sampleReport],
    ['something hostile', harmful],
    ['nothing', empty],
  ])('of %s is well-formed, runs one script and loads nothing', async (_, report) => {
    const text = await write('html', report)
    const tags: string[] = []
    const parser = new SaxesParser()
    parser.on('opentag', ({ name, attributes }) => {
      tags.push(name)
      for (const key of Object.keys(attributes)) expect(key).not.toMatch(/^on|^style$|^src$/)
      const { href = 'https://' } = attributes as Record<string, string>
      expect(href).toMatch(/^https?:\/\//)
    })
    parser.on('error', (error) => {
      throw error
    })
    // What HTML may leave out and XML may not.
    const closed = text
      .replace('<!doctype html>', '')
      .replace(/<(meta|input)\b([^>]*?)( hidden| checked)?>/g, '<$1$2/>')
      .replace(/<(\w+)([^>]*?) (hidden|open)>/g, '<$1$2>')
      .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '<$1/>')
    parser.write(closed).close()
    expect(tags.filter((name) => name === 'script')).toHaveLength(1)
    expect(tags).not.toContain('img')
    expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
  })

  it('allows by its policy exactly what it holds', async () => {
    const text = await write('html')
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? ''
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; script-src 'sha256-/)
    expect(policy).not.toContain('unsafe')
  })
})

describe('JUnit', () => {
  it.each([
    ['a sample', sampleReport],
    ['something hostile', harmful],
    ['nothing', empty],
  ])('of %s is XML, and counts right', async (_, report) => {
    const counted = { testcase: 0, failure: 0, skipped: 0 }
    let stated: Record<string, string> = {}
    const parser = new SaxesParser()
    parser.on('error', (error) => {
      throw error
    })
    parser.on('opentag', ({ name, attributes }) => {
      if (name === 'testsuites') stated = attributes as Record<string, string>
      if (name in counted) counted[name as keyof typeof counted]++
    })
    parser.write(await write('junit', report)).close()
    expect(stated).toMatchObject({
      tests: String(counted.testcase),
      failures: String(counted.failure),
    })
  })

  it('lets an engine without findings pass', async () => {
    expect(await write('junit', empty)).toContain(
      '<testcase classname="panthera.code" name="no findings"/>',
    )
  })
})

describe('annotations of GitHub', () => {
  it('are one command a line, whatever they hold', async () => {
    const lines = (await write('github', harmful)).trimEnd().split('\n')
    expect(lines).toHaveLength(sampleFindings.length)
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) [^:\n]+::[^\n]*$/)
  })

  it('are ten of a kind, the most severe', async () => {
    const [one] = sampleFindings
    const findings = Array.from({ length: 30 }, (_, index) => ({
      ...one,
      severity: index > 25 ? 'critical' : 'high',
    })) as Report['findings']
    const lines = (await write('github', { ...sampleReport, findings })).trimEnd().split('\n')
    expect(lines).toHaveLength(11)
    expect(lines.filter((line) => line.includes('(critical'))).toHaveLength(4)
    expect(lines.at(-1)).toBe('20 more findings have no annotation')
  })
})

describe('Markdown', () => {
  it('keeps each finding on one line of its table', async () => {
    const text = await write('markdown', harmful)
    const rows = text.split('\n').filter((line) => line.startsWith('| '))
    expect(rows).toHaveLength(sampleFindings.length + 1)
    for (const line of rows) expect(line.match(/\|/g)).toHaveLength(5)
    expect(text).not.toMatch(/<img|@all|::error/)
  })

  it('lists the worst two hundred and tells how many there are', async () => {
    const [one] = sampleFindings
    const findings = Array.from({ length: 500 }, (_, index) => ({
      ...one,
      severity: index > 450 ? 'critical' : 'low',
    })) as Report['findings']
    const text = await write('markdown', { ...sampleReport, findings })
    expect(text.match(/^\| (critical|low)/gm)).toHaveLength(200)
    expect(text.match(/^\| critical/gm)).toHaveLength(49)
    expect(text).toContain('… and 300 more.')
  })
})
