// Asks on the terminal, on stderr, because stdout is for results.
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Interrupted } from './interruption.ts'
import { UsageError } from './usage-error.ts'

export interface Question {
  text: string
  /** Whether what is typed may be seen. */
  shown: boolean
  /** What is missing, and what to do, where there is no terminal. */
  without: { message: string; hint: string }
}

/** Throws UsageError where there is nobody to ask, Interrupted on Ctrl-C. */
export async function ask({ text, shown, without }: Question): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) throw new UsageError(without.message, without.hint)
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({
    input: stdin,
    output: shown ? stderr : unseen,
    terminal: true,
    historySize: 0,
  })
  if (shown) lines.setPrompt(text)
  // Only now is nothing shown of what is typed.
  if (shown) lines.prompt()
  else stderr.write(text)
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('SIGINT', () => reject(new Interrupted('SIGINT')))
      lines.once('close', () => reject(new UsageError('nothing was typed')))
    })
  } finally {
    lines.close()
    if (!shown) stderr.write('\n')
  }
}
