import { describe, expect, it } from 'vitest'
import { readIpAddress } from '../extensions/ip-address.ts'
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

  it('gives addresses of both protocols one notation, and leaves the attributes alone', () => {
    const needs = { ...noNeeds, addresses: ['ip', 'a.ip', 'b.ip', '__proto__', 'none'] }
    const context = JSON.parse(
      '{"ip":"::FFFF:10.1.2.3","a":{"ip":"::ffff:a01:203","x":1},"b":"x",' +
        '"__proto__":"::ffff:1.2.3.4"}',
    )
    const { panthera, ...own } = enrichContext(context, needs, now, 'read')
    expect(own).toEqual(context)
    expect(panthera).toEqual({
      address: JSON.parse('{"ip":"10.1.2.3","a.ip":"10.1.2.3","__proto__":"1.2.3.4"}'),
    })
  })

  it.each([
    ['2001:DB8::0:7', '2001:db8::7'],
    ['10.0.0.1/32', 'not one address: 10.0.0.1/32'],
    ['::ffff:a01:203/128', 'not one address: ::ffff:a01:203/128'],
    ['10.0.0.0/7', 'not one address: 10.0.0.0/7'],
    ['0.0.0.0/0', 'not one address: 0.0.0.0/0'],
    ['nonsense:', 'not one address: nonsense:'],
    ['010.0.0.1', 'not one address: 010.0.0.1'],
    ['fe80::1%eth0', 'not one address: fe80::1%eth0'],
    ['10.0.0.1\n', 'not one address: 10.0.0.1\n'],
    ['', 'not one address: '],
    [7, 7],
    [['10.0.0.1'], ['10.0.0.1']],
  ])('takes exactly one address for one: %j', (ip, written) => {
    const needs = { ...noNeeds, addresses: ['ip'] }
    const enriched = enrichContext({ ip }, needs, now, 'read')
    expect(enriched).toEqual({ ip, panthera: { address: { ip: written } } })
    const isAddress = /^[0-9a-f.:]+$/.test(String(written)) && typeof written === 'string'
    expect(typeof written === 'string' && readIpAddress(written) !== undefined).toBe(isAddress)
  })

  it('tells the kinds of the elements of lists', () => {
    const needs = { ...noNeeds, lists: ['a', 'b.c', 'd', 'none'] }
    const context = { a: ['x', 1, ['y'], 2], b: { c: [] }, d: 'x' }
    expect(enrichContext(context, needs, now, 'read')).toEqual({
      ...context,
      panthera: { kinds: { a: ['string', 'number', 'object'], 'b.c': [], d: [] } },
    })
  })
})

describe('mergeNeeds', () => {
  it('has each once', () => {
    const one = { timezones: ['UTC'], addresses: ['ip'], action: false }
    const other = { timezones: ['UTC', 'Asia/Tokyo'], addresses: ['ip'], action: true }
    expect(mergeNeeds([one, other])).toEqual({
      timezones: ['UTC', 'Asia/Tokyo'],
      addresses: ['ip'],
      lists: [],
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
