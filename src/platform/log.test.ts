import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { createLog, type LogOptions } from './log.ts'

function recorded(options: LogOptions = {}) {
  const lines: string[] = []
  const log = createLog({ ...options, destination: { write: (line) => lines.push(line) } })
  return { log, lines, records: () => lines.map((line) => JSON.parse(line)) }
}

describe('createLog', () => {
  it('writes one JSON object per line', () => {
    const { log, lines, records } = recorded({ fields: { node: 'n1' } })
    log.info({ scan_id: 5 }, 'Scan %s', 'started')
    log.warn('bare')
    expect(lines.every((line) => /^\{[^\n]*\}\n$/.test(line))).toBe(true)
    const [first, second] = records()
    expect(first).toMatchObject({ level: 'info', node: 'n1', scan_id: 5, msg: 'Scan started' })
    expect(new Date(first.time).toISOString()).toBe(first.time)
    expect(second).toMatchObject({ level: 'warn', msg: 'bare' })
    expect(first).not.toHaveProperty('hostname')
  })

  it('writes nothing below its level', () => {
    const { log, records } = recorded({ level: 'warn' })
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
    expect(records().map((record) => record.msg)).toEqual(['c', 'd'])
    const silent = recorded({ level: 'silent' })
    silent.log.fatal('e')
    expect(silent.lines).toEqual([])
  })

  it('gives children their own fields', () => {
    const { log, records } = recorded()
    const request = log.child({ request_id: 'req_1a2b3c4d5e6f' })
    request.info('one')
    request.child({ organization: 'o' }).info('two')
    log.info('three')
    expect(records()).toMatchObject([
      { request_id: 'req_1a2b3c4d5e6f', msg: 'one' },
      { request_id: 'req_1a2b3c4d5e6f', organization: 'o', msg: 'two' },
      { msg: 'three' },
    ])
    expect(records()[2]).not.toHaveProperty('request_id')
  })

  it('writes errors with type, message, stack and cause', () => {
    const { log, records } = recorded()
    log.error({ err: new TypeError('outer', { cause: new Error('inner') }) }, 'failed')
    log.error(new RangeError('alone'))
    const [first, second] = records()
    expect(first).toMatchObject({
      msg: 'failed',
      err: { type: 'TypeError', message: 'outer: inner' },
    })
    expect(first.err.stack).toContain('log.test.ts')
    expect(second).toMatchObject({ msg: 'alone', err: { type: 'RangeError' } })
  })

  it('shortens a line that is too long to what matters', () => {
    const { log, lines, records } = recorded()
    const rows = Array.from({ length: 50 }, () => 'x'.repeat(10_000))
    log.child({ request_id: 'req_1' }).info({ rows }, 'm'.repeat(5000))
    expect(records()[0]).toMatchObject({
      level: 'info',
      request_id: 'req_1',
      msg: 'm'.repeat(2000),
    })
    expect(records()[0].cut).toMatch(/^\d+ characters$/)
    expect(lines[0]?.length).toBeLessThan(3000)
  })

  it('survives what JSON cannot hold', () => {
    const { log, records } = recorded()
    const circle: Record<string, unknown> = { big: 10n, password: 'hunter2' }
    circle.self = circle
    log.info({ circle, nothing: undefined, symbol: Symbol('s') }, 'odd')
    expect(records()[0]).toMatchObject({ msg: 'odd', circle: { password: '[redacted]' } })
  })
})

describe('no secret', () => {
  const body = '0123456789ABCDEFGHIJKLMNOPQRSTUV2ALRRa'
  const keys = ['tg_live_', 'ak_', 'ck_', 'ti_live_', 'ck_live_'].map((prefix) => prefix + body)
  const webhookSecret = ['whsec_', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join('')
  const unshaped = 'hunter2-of-no-known-shape'

  it('appears by whatever way it gets into a line', () => {
    for (const pretty of [false, true]) {
      const { log, lines } = recorded({ level: 'debug', pretty })
      for (const secret of [...keys, webhookSecret]) {
        const half = Math.floor(secret.length / 2)
        log.info(secret)
        log.info(`in a text: ${secret}, and on`)
        log.info('by %s interpolation %o', secret, { secret })
        log.info('in two pieces: %s%s', secret.slice(0, half), secret.slice(half))
        log.info({ any: { field: [secret] } }, 'nested')
        log.child({ binding: secret }).info('bound')
        log.error(new Error(`no row for ${secret}`))
        log.error(Object.assign(new Error('x'), { response: { url: `/a?k=${secret}` } }))
        log.error({ err: new Error('outer', { cause: new Error(secret) }) })
        log.info({ [secret]: 'as a name' })
      }
      for (const name of [
        'authorization',
        'cookie',
        'x-agent-api-key',
        'password',
        'client_secret',
      ]) {
        log.info({ [name]: unshaped })
        log.info({ req: { headers: { [name]: [unshaped] } } })
        log.child({ [name]: unshaped }).info('bound')
        log.error(Object.assign(new Error('x'), { config: { headers: { [name]: unshaped } } }))
      }
      const output = lines.join('')
      expect(lines.length).toBe(80)
      expect(output).not.toContain(body.slice(0, 8))
      expect(output).not.toContain(body.slice(-8))
      expect(output).not.toContain(webhookSecret.slice(10, 20))
      expect(output).not.toContain(unshaped)
    }
  })
})

describe('the process log', () => {
  it('goes to stderr as JSON where that is no terminal, up to the last line before an exit', () => {
    const module = new URL('./log.ts', import.meta.url).href
    const script = `
      import { createLog } from ${JSON.stringify(module)}
      const log = createLog({ level: 'info' })
      for (let at = 0; at < 1000; at += 1) log.info({ at }, 'line')
      process.exit(3)
    `
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script])
    const lines = run.stderr.toString().trimEnd().split('\n')
    expect(run.status).toBe(3)
    expect(run.stdout.toString()).toBe('')
    expect(lines.map((line) => JSON.parse(line).at)).toEqual(
      Array.from({ length: 1000 }, (_, at) => at),
    )
  })
})
