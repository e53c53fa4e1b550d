import { describe, expect, it } from 'vitest'
import { startProgress } from './progress.ts'
import { counted, printable, usesColour, widthOf } from './terminal.ts'

describe('usesColour', () => {
  it.each([
    ['a terminal', { isTTY: true }, 'auto', {}, true],
    ['a pipe', {}, 'auto', {}, false],
    ['NO_COLOR', { isTTY: true }, 'auto', { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', { isTTY: true }, 'auto', { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', {}, 'auto', { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR over NO_COLOR', {}, 'auto', { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0', { isTTY: true }, 'auto', { FORCE_COLOR: '0' }, false],
    ['a dumb terminal', { isTTY: true }, 'auto', { TERM: 'dumb' }, false],
    ['--color always over NO_COLOR', {}, 'always', { NO_COLOR: '1' }, true],
    ['--color never over FORCE_COLOR', { isTTY: true }, 'never', { FORCE_COLOR: '1' }, false],
  ] as const)('decides for %s', (_, stream, choice, env, expected) => {
    expect(usesColour(stream, choice, env)).toBe(expected)
  })
})

describe('widthOf', () => {
  it('keeps within what can be read', () => {
    expect([{}, { columns: 10 }, { columns: 100 }, { columns: 500 }].map(widthOf)).toEqual([
      80, 40, 100, 120,
    ])
  })
})

describe('printable', () => {
  it('leaves nothing that a terminal would obey', () => {
    expect(printable('a\u001b[31m/b\nc\u202etxt.exe')).toBe('a\\u{1b}[31m/b\\u{a}c\\u{202e}txt.exe')
    expect(printable('src/ünï ☃.ts')).toBe('src/ünï ☃.ts')
  })
})

describe('counted', () => {
  it('speaks English', () => {
    expect([counted(1, 'file'), counted(0, 'file'), counted(12345, 'entry', 'entries')]).toEqual([
      '1 file',
      '0 files',
      '12,345 entries',
    ])
  })
})

describe('startProgress', () => {
  function run(isTTY: boolean, steps: [at: number, done: number, total: number | null][]) {
    let written = ''
    let at = 0
    const stream = { isTTY, write: (text: string) => (written += text) }
    const progress = startProgress({ stream, now: () => at })
    for (const [when, done, total] of steps) {
      at = when
      progress.update({ label: 'Scanning', done, total })
    }
    progress.end()
    return written
  }

  it('is silent about short work', () => {
    expect(
      run(true, [
        [0, 1, 10],
        [999, 9, 10],
      ]),
    ).toBe('')
    expect(run(false, [[999, 9, 10]])).toBe('')
  })

  it('redraws one line on a terminal, and takes it away', () => {
    const steps: [number, number, number][] = [
      [1000, 10, 2000],
      [1050, 20, 2000],
      [1200, 30, 2000],
    ]
    expect(run(true, steps)).toBe(
      '\r\u001b[KScanning: 0 % of 2,000 files\r\u001b[KScanning: 1 % of 2,000 files\r\u001b[K',
    )
  })

  it('writes one line per tenth elsewhere', () => {
    const steps = Array.from({ length: 101 }, (_, i): [number, number, number] => [
      1000 + i,
      i,
      100,
    ])
    const lines = run(false, steps).trim().split('\n')
    expect(lines).toHaveLength(10)
    expect([lines[0], lines[9]]).toEqual([
      'Scanning: 10 % of 100 files',
      'Scanning: 100 % of 100 files',
    ])
  })

  it('counts where there is no total', () => {
    expect(
      run(false, [
        [2000, 9_999, null],
        [2001, 10_000, null],
        [2002, 10_001, null],
      ]),
    ).toBe('Scanning: 10,000\n')
  })
})
