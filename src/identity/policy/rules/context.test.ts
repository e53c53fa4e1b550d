import { describe, expect, it } from 'vitest'
import { enrichContext, mergeNeeds, noNeeds } from './context.ts'
import { isTimezone, wallClock } from './wall-clock.ts'

const now = new Date('2026-03-29T00:59:00Z')

describe('enrichContext', () => {
  it('adds clocks and the action’s name', () => {
    const needs = { timezones: ['Europe/Berlin', 'UTC'], addresses: [], action: true }
    expect(enrichContext({ mfa: true }, needs, now, 'read')).toEqual({
      mfa: true,
      panthera: {
        action: 'read',
        time: {
          'Europe/Berlin': { minute_of_day: 119, day_of_week: 7 },
          UTC: { minute_of_day: 59, day_of_week: 7 },
        },
      },
    })
  })

  it.each([
    [noNeeds, {}],
    [{ ...noNeeds, action: true }, { panthera: { action: 'read' } }],
  ])('never takes the caller’s own word for them', (needs, expected) => {
    const context = { panthera: { action: 'write', time: { UTC: { minute_of_day: 0 } } } }
    expect(enrichContext(context, needs, now, 'read')).toEqual(expected)
  })

  it('writes addresses of both protocols in one way, and leaves the rest alone', () => {
    const needs = { ...noNeeds, addresses: ['ip', 'a.ip', 'b.ip', '__proto__', 'none'] }
    const context = JSON.parse(
      '{"ip":"::FFFF:10.1.2.3","a":{"ip":"::ffff:a01:203","x":1},"b":"x",' +
        '"__proto__":"::ffff:1.2.3.4"}',
    )
    const enriched = enrichContext(context, needs, now, 'read')
    expect(enriched).toEqual(
      JSON.parse('{"ip":"10.1.2.3","a":{"ip":"10.1.2.3","x":1},"b":"x","__proto__":"1.2.3.4"}'),
    )
    expect(enrichContext({ ip: 'nonsense:' }, needs, now, 'read')).toEqual({ ip: 'nonsense:' })
  })
})

describe('mergeNeeds', () => {
  it('has each once', () => {
    const one = { timezones: ['UTC'], addresses: ['ip'], action: false }
    const other = { timezones: ['UTC', 'Asia/Tokyo'], addresses: ['ip'], action: true }
    expect(mergeNeeds([one, other])).toEqual({
      timezones: ['UTC', 'Asia/Tokyo'],
      addresses: ['ip'],
      action: true,
    })
    expect(mergeNeeds([])).toEqual(noNeeds)
  })
})

describe('wallClock', () => {
  it.each([
    ['2026-03-29T00:59:00Z', 'Europe/Berlin', 119, 7],
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', 180, 7],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', 150, 7],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', 150, 7],
    ['2026-03-28T23:00:00Z', 'Europe/Berlin', 0, 7],
    ['2026-03-02T00:00:00Z', 'Asia/Kolkata', 330, 1],
    ['2026-03-02T00:00:00Z', '-08:00', 960, 7],
    ['2026-03-02T00:00:59Z', '-08:00', 960, 7],
    ['2026-03-02T00:01:00Z', '-08:00', 961, 7],
    ['1971-06-01T00:44:00Z', 'Africa/Monrovia', 1439, 1],
    ['1971-06-01T00:44:40Z', 'Africa/Monrovia', 0, 2],
  ])('%s in %s', (time, zone, minute, day) => {
    expect(wallClock(new Date(time), zone)).toEqual({ minute_of_day: minute, day_of_week: day })
  })

  it('knows time zones', () => {
    expect(['UTC', 'Europe/Berlin', '+02:00'].map(isTimezone)).toEqual([true, true, true])
    expect(['', 'Mars/Base', 'x'.repeat(100)].map(isTimezone)).toEqual([false, false, false])
  })
})
