// The last lines that the embedded database logged, without the statements and values in them.
import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const bytesMax = 65_536
const linesMax = 200

/** Oldest first; empty where there is no log. */
export async function lastLogLines(dataDir: string): Promise<string[]> {
  const directory = join(dataDir, 'postgres', 'log')
  const names = await readdir(directory).catch(() => [])
  // The time in their names makes the order of names the order of time.
  const files = names.filter((name) => /^postgres-\d{8}-\d{6}\.log$/.test(name)).sort()
  const texts = [await readEnd(join(dataDir, 'postgres', 'start.log'))]
  for (const name of files.slice(-2)) texts.push(await readEnd(join(directory, name)))
  return texts.flatMap((text) => text.split('\n').filter(tellsAnEvent)).slice(-linesMax)
}

/**
 * `DETAIL`, `STATEMENT` and the like quote what was asked and stored, and so do the lines after
 * them, which begin without a time.
 */
function tellsAnEvent(line: string): boolean {
  return /^\d{4}-\d{2}-\d{2} .*?\b(LOG|WARNING|ERROR|FATAL|PANIC): /.test(line)
}

/** Never through a link: the server's user may be another than ours. */
async function readEnd(path: string): Promise<string> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      const { size } = await file.stat()
      const start = Math.max(0, size - bytesMax)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytesMax), 0, bytesMax, start)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch {
    return ''
  }
}
