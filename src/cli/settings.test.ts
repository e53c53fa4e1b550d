import { describe, expect, it } from 'vitest'
import { readSettings } from '../gate/scanner/project/read-settings.ts'
import { engineList, mergedRules, resolveSettings, type SettingsSource } from './settings.ts'

const file = (path: string, text: string): SettingsSource => ({
  path,
  folder: path.slice(0, path.lastIndexOf('/')),
  settings: readSettings(text, path),
})
const project = file(
  '/p/panthera.yaml',
  'scan: {fail-on: low, baseline: known.json}\nrules: {disable: [a], severity: {b: low}}',
)
const user = file(
  '/u/config.yaml',
  'scan: {fail-on: medium, engines: [code]}\nrules: {disable: [c], severity: {b: high, d: low}}',
)

describe('resolveSettings', () => {
  it('has defaults', () => {
    const settings = resolveSettings({ flags: {}, env: {}, files: [] })
    expect(settings.failOn).toEqual({ value: 'high', origin: 'default' })
    expect(settings.engines.value).toHaveLength(4)
    expect(settings.baseline).toEqual({ value: null, origin: 'default' })
  })

  it('takes the nearest: flag, environment, project, user', () => {
    const env = { PANTHERA_SCAN_FAIL_ON: 'critical' }
    const files = [project, user]
    const failOn = (input: Parameters<typeof resolveSettings>[0]) => resolveSettings(input).failOn
    expect(failOn({ flags: { failOn: 'never' }, env, files }).origin).toBe('--fail-on')
    expect(failOn({ flags: {}, env, files })).toEqual({
      value: 'critical',
      origin: 'PANTHERA_SCAN_FAIL_ON',
    })
    expect(failOn({ flags: {}, env: {}, files })).toEqual({ value: 'low', origin: project.path })
    expect(failOn({ flags: {}, env: {}, files: [user] }).value).toBe('medium')
  })

  it('finds a baseline from where it is named', () => {
    const { baseline } = resolveSettings({ flags: {}, env: {}, files: [project] })
    expect(baseline).toEqual({ value: '/p/known.json', origin: project.path })
  })

  it('takes engines out of what is said elsewhere', () => {
    const flags = { skip: ['secrets' as const] }
    expect(resolveSettings({ flags, env: {}, files: [] }).engines).toEqual({
      value: ['code', 'dependencies', 'infrastructure'],
      origin: '--skip',
    })
    const env = { PANTHERA_SCAN_ENGINES: 'secrets, code' }
    expect(resolveSettings({ flags, env, files: [] }).engines.value).toEqual(['code'])
  })

  it.each([
    [{ PANTHERA_SCAN_FAIL_ON: 'hihg' }, 'PANTHERA_SCAN_FAIL_ON does not take "hihg" (did you mean'],
    [{ PANTHERA_SCAN_ENGINES: 'sast' }, 'PANTHERA_SCAN_ENGINES does not take "sast"'],
  ])('refuses %j', (env, message) => {
    expect(() => resolveSettings({ flags: {}, env, files: [] })).toThrow(message)
  })
})

describe('mergedRules', () => {
  it('takes all that are switched off, and the nearest severity', () => {
    const { disable, severity } = mergedRules([project, user])
    expect(disable.toSorted()).toEqual(['a', 'c'])
    expect(Object.fromEntries(severity)).toEqual({ b: 'low', d: 'low' })
  })
})

describe('engineList', () => {
  it('reads names with commas', () => {
    expect(engineList('secrets, code', '--only')).toEqual(['secrets', 'code'])
    expect(() => engineList('secret', '--only')).toThrow('(did you mean secrets?)')
  })
})
