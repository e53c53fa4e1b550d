import { mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { logTail, pruneLogFiles } from './log-files.ts'

describe('pruneLogFiles', () => {
  it('drops the oldest beyond the size that is kept, and nothing else', () => {
    const folder = newFolder()
    const days = ['01', '02', '03', '04', '05', '06', '07']
    const files = days.map((day) => `postgres-202601${day}-000000.log`)
    for (const name of [...files, 'other.log']) {
      writeFileSync(join(folder, name), '')
      truncateSync(join(folder, name), 10 * 2 ** 20)
    }
    pruneLogFiles(folder)()
    expect(readdirSync(folder).sort()).toEqual(['other.log', ...files.slice(-5)])
  })

  it('bounds the number of small files', () => {
    const folder = newFolder()
    for (let second = 100; second < 220; second += 1) {
      writeFileSync(join(folder, `postgres-20260101-000${second}.log`), 'x')
    }
    pruneLogFiles(folder)()
    expect(readdirSync(folder)).toHaveLength(100)
    expect(readdirSync(folder)).toContain('postgres-20260101-000219.log')
  })

  it('never drops the newest, however large', () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'postgres-20260101-000000.log'), '')
    truncateSync(join(folder, 'postgres-20260101-000000.log'), 100 * 2 ** 20)
    pruneLogFiles(folder)()
    expect(readdirSync(folder)).toHaveLength(1)
  })
})

describe('logTail', () => {
  it('answers the end of the log that this start wrote to', () => {
    const log = newFolder()
    const startLog = join(newFolder(), 'start.log')
    expect(logTail({ startLog, log })).toBe('')
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`)
    writeFileSync(join(log, 'postgres-20260101-000000.log'), 'old\n')
    writeFileSync(join(log, 'postgres-20260102-000000.log'), lines.join('\n'))
    writeFileSync(startLog, 'FATAL:  early\n')
    expect(logTail({ startLog, log })).toBe('FATAL:  early')
    writeFileSync(startLog, 'LOG:  redirecting log output to logging collector process\n')
    expect(logTail({ startLog, log }).split('\n')).toEqual(lines.slice(-8))
  })

  it('does not follow a link', () => {
    const log = newFolder()
    writeFileSync(join(log, 'secret'), 'secret')
    symlinkSync(join(log, 'secret'), join(log, 'start.log'))
    expect(logTail({ startLog: join(log, 'start.log'), log })).toBe('')
  })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'panthera-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
