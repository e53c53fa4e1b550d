// A page made into a PDF by the machine's own Chromium: in a process of its own, with a profile
// that is thrown away, no network, and bounds on time, size and how many wait.
import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access, chown, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Logger } from '../../platform/log.ts'
import { errors } from '../errors.ts'

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const msMax = 45_000
const pdfBytesMax = 64 * 1024 * 1024
const toldMax = 2_000
const waitingMax = 2
const retrySeconds = 20
/** Whom root runs it as: as root it would have no sandbox, and root's rights. */
const nobody = 65_534

/** Throws 503: `pdf_unavailable`, `pdf_busy`, `pdf_failed`. One page at a time is made. */
export type MakePdf = (page: string, signal: AbortSignal) => Promise<Uint8Array>

export function createPdf(log: Logger): MakePdf {
  const state = { sandboxed: true }
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  return async (page, signal) => {
    if (waiting > waitingMax) {
      throw errors.problem('pdf_busy', { headers: { 'retry-after': String(retrySeconds) } })
    }
    waiting += 1
    try {
      const program = await findChromium(process.env.PATH ?? '')
      if (program === null) throw errors.problem('pdf_unavailable')
      const turn = last.then(() => print(program, page, { signal, log, state }))
      last = turn.catch(() => {})
      return await turn
    } finally {
      waiting -= 1
    }
  }
}

async function findChromium(path: string): Promise<string | null> {
  for (const folder of path.split(delimiter).filter((part) => part !== '')) {
    for (const name of programs) {
      const file = join(folder, name)
      const isThere = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (isThere) return file
    }
  }
  return null
}

interface Printing {
  signal: AbortSignal
  log: Logger
  /** Whether the machine lets Chromium have its sandbox, as far as is known. */
  state: { sandboxed: boolean }
}

async function print(
  program: string,
  page: string,
  { signal, log, state }: Printing,
): Promise<Uint8Array> {
  signal.throwIfAborted()
  const { pdf, told } = await attempt(program, page, { signal, sandboxed: state.sandboxed })
  if (pdf !== null) return pdf
  signal.throwIfAborted()
  // Many containers allow no namespaces. The page is ours, and its policy lets no script run.
  if (state.sandboxed && /no usable sandbox|failed to move to new namespace/i.test(told)) {
    log.warn('Chromium has no sandbox on this machine; PDFs are made without it from now on')
    state.sandboxed = false
    return print(program, page, { signal, log, state })
  }
  log.warn({ told }, 'Chromium made no PDF')
  throw errors.problem('pdf_failed')
}

async function attempt(
  program: string,
  page: string,
  { signal, sandboxed }: { signal: AbortSignal; sandboxed: boolean },
): Promise<{ pdf: Uint8Array | null; told: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'panthera-pdf-'))
  try {
    const [input, output] = [join(folder, 'report.html'), join(folder, 'report.pdf')]
    await writeFile(input, page)
    const isRoot = process.getuid?.() === 0
    if (isRoot) for (const file of [folder, input]) await chown(file, nobody, nobody)
    const as = isRoot ? { as: nobody } : {}
    const args = flags({ folder, input, output, sandboxed })
    const told = await run(program, args, { folder, signal, ...as })
    return { pdf: await readBounded(output), told }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

function flags(made: {
  folder: string
  input: string
  output: string
  sandboxed: boolean
}): string[] {
  return [
    '--headless=new',
    ...(made.sandboxed ? [] : ['--no-sandbox']),
    `--user-data-dir=${join(made.folder, 'profile')}`,
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-extensions',
    '--disable-sync',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-breakpad',
    '--no-first-run',
    '--no-default-browser-check',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--proxy-server=http://127.0.0.1:9',
    '--no-pdf-header-footer',
    `--print-to-pdf=${made.output}`,
    pathToFileURL(made.input).href,
  ]
}

/** Answers the end of what it told. The whole group is killed when its time is over. */
function run(
  program: string,
  args: readonly string[],
  { folder, signal, as }: { folder: string; signal: AbortSignal; as?: number },
): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      ...(as === undefined ? {} : { uid: as, gid: as }),
    })
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => {
      told = `${told}${chunk}`.slice(-toldMax)
    })
    const kill = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended already.
      }
    }
    const timer = setTimeout(kill, msMax)
    signal.addEventListener('abort', kill, { once: true })
    if (signal.aborted) kill()
    const ended = (why: string) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', kill)
      // What it started and left behind.
      kill()
      resolve(`${told}${why}`)
    }
    child.once('error', ({ message }) => ended(message))
    child.once('exit', (code, by) => ended(` exit ${code ?? by}`))
  })
}

/** Null where there is no PDF, or a larger one than is given out. */
async function readBounded(file: string): Promise<Uint8Array | null> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null)
  if (handle === null) return null
  try {
    const { size } = await handle.stat()
    if (size === 0 || size > pdfBytesMax) return null
    const bytes = await handle.readFile()
    return bytes.subarray(0, 5).toString('latin1') === '%PDF-' ? bytes : null
  } finally {
    await handle.close()
  }
}
