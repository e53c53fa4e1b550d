// Writes results that may be of any size: to stdout no faster than they are read, or to a file
// that is either the whole new one or still the old one.
import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { UsageError } from './usage-error.ts'

type Chunks = Iterable<string> | AsyncIterable<string>

/** Writes to stdout; a reader that went away (`| head`) is nobody's failure and ends it early. */
export async function writeToStdout(chunks: Chunks): Promise<void> {
  const { stdout } = process
  // Each failed write also emits an event, which would end the process where nobody listens.
  const heard = () => {}
  stdout.on('error', heard)
  for await (const chunk of chunks) {
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      stdout.write(chunk, (failure) => resolve(failure ?? null))
    })
    if (error?.code === 'EPIPE') return
    if (error) throw new Error(`stdout cannot be written: ${error.code}`)
  }
  stdout.off('error', heard)
}

/** @throws {UsageError} where the file cannot be written. */
export async function writeToFile(path: string, chunks: Chunks): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const target = await stat(path).catch(() => null)
    // A pipe or /dev/stderr cannot be replaced, only written into.
    const direct = target !== null && !target.isFile()
    const file = await open(direct ? path : temporary, direct ? 'w' : 'wx')
    try {
      for await (const chunk of chunks) await file.writeFile(chunk)
    } finally {
      await file.close()
    }
    if (!direct) await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be written: ${code ?? message}`)
  }
}
