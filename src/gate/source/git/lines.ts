// Splits what git prints into records, with a bound on how long one may be.
import type { Readable } from 'node:stream'

/**
 * The records of a stream that `separator` ends. A record over 64 KiB comes cut to its beginning,
 * so that one crafted path can neither fill the memory nor hide what follows.
 */
export async function* records(stream: Readable, separator: '\n' | '\0'): AsyncGenerator<string> {
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream as AsyncIterable<string>) {
    const parts = (rest + chunk).split(separator)
    rest = (parts.pop() ?? '').slice(0, recordCharsMax)
    yield* parts
  }
  if (rest !== '') yield rest
}

const recordCharsMax = 64 << 10
