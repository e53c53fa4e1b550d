import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLog } from '../../platform/log.ts'
import { createPdf } from './pdf.ts'

/** Programs in Chromium's place: what it does when it does not do its work. */
describe('a PDF', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-pdf-test-'))
    // Whoever runs it, also nobody, must reach it.
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'tmp'))
    chmodSync(join(folder, 'tmp'), 0o777)
    vi.stubEnv('TMPDIR', join(folder, 'tmp'))
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  const chromium = (script: string) => {
    writeFileSync(join(folder, 'chromium'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`)
  }
  const out = `for a; do case $a in --print-to-pdf=*) o=\${a#*=};; esac; done`
  const make = createPdf(createLog({ destination: { write: () => {} } }))
  const made = (signal = new AbortController().signal) => make('<p>page</p>', signal)

  it('is not to be had without Chromium', async () => {
    vi.stubEnv('PATH', folder)
    await expect(made()).rejects.toMatchObject({ code: 'pdf_unavailable', status: 503 })
  })

  it('is told to have failed where none was made, or something else, or a link to it', async () => {
    for (const script of [
      'exit 1',
      `${out}; echo no > "$o"`,
      `${out}; echo %PDF- > secret; ln -s secret "$o"`,
    ]) {
      chromium(script)
      await expect(made()).rejects.toMatchObject({ code: 'pdf_failed', status: 503 })
    }
  })

  it('is made one at a time, and few wait', async () => {
    chromium(`${out}; echo %PDF-1.4 > "$o"`)
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => made()))
    const told = all.map((one) => (one.status === 'fulfilled' ? 'made' : one.reason.code))
    expect(told).toEqual(['made', 'made', 'made', 'pdf_busy', 'pdf_busy', 'pdf_busy'])
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  it('is given up with whoever asked for it, and nothing runs on', async () => {
    const started = join(folder, 'started')
    execFileSync('mkfifo', ['-m', '666', started])
    chromium(`echo > ${started}; exec sleep 60`)
    const gone = new AbortController()
    const given = expect(made(gone.signal)).rejects.toThrow('gone')
    await readFile(started)
    gone.abort(new Error('gone'))
    await given
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  it('does without the sandbox where the machine allows none, and remembers it', async () => {
    const calls = join(folder, 'calls')
    writeFileSync(calls, '')
    chmodSync(calls, 0o666)
    chromium(`${out}; echo call >> ${calls}
      case "$*" in *--no-sandbox*) echo %PDF- > "$o";;
        *) echo 'No usable sandbox!' >&2; exit 1;; esac`)
    const own = createPdf(createLog({ destination: { write: () => {} } }))
    const signal = new AbortController().signal
    await own('<p>page</p>', signal)
    await own('<p>page</p>', signal)
    expect(readFileSync(calls, 'utf8')).toBe('call\n'.repeat(3))
  })

  it('runs without a network or a profile of anybody', async () => {
    chromium(`${out}; { echo %PDF-; echo "$HOME $@"; } > "$o"`)
    const text = Buffer.from(await made()).toString()
    expect(text).toContain('--host-resolver-rules=MAP * ~NOTFOUND')
    expect(text).toMatch(/--user-data-dir=\S*panthera-pdf-\S*\/profile/)
    expect(text).not.toContain('--no-sandbox')
    expect(text).not.toContain('/root ')
  })
})
