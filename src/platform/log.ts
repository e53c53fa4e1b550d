// Structured logs on stderr: one JSON object per line, or one readable line each on a terminal.
// Everything that is logged passes through the redaction here, whoever logged it.
import { pino } from 'pino'
import { prettyLine } from './log-line.ts'
import { redactText, redactValue } from './redaction.ts'

/** A pino logger, so that libraries take it: `log.info({ scan_id }, 'Scan started')`. */
export type Logger = pino.Logger

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export interface LogOptions {
  level?: LogLevel
  /** Stand in every line, such as the node's name. */
  fields?: Readonly<Record<string, string | number>>
  /** Where lines go, each with its line feed; stderr unless given. */
  destination?: { write(line: string): void }
  /** Readable lines instead of JSON; by default where stderr is a terminal. */
  pretty?: boolean
}

/**
 * Makes the log of a process. A request gets its own with `log.child({ request_id })`.
 *
 * Lines hold `level`, `time` (ISO 8601), the fields, `err` with type, message and stack, and `msg`.
 * A line over 64 KiB keeps only its level, time, request id and message.
 */
export function createLog({
  level = 'info',
  fields,
  destination,
  pretty,
}: LogOptions = {}): Logger {
  const terminal = destination === undefined && process.stderr.isTTY === true
  const readable = pretty ?? terminal
  const colour = terminal && process.stderr.hasColors()
  // Synchronous: the last lines before a crash are the ones that matter.
  const stream = destination ?? pino.destination({ dest: 2, sync: true })
  return pino(
    {
      level,
      base: fields ?? null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
      hooks: {
        // The last step before the stream: serializers, bindings of children and interpolation
        // have all been applied, so nothing reaches the output beside it.
        streamWrite: (line) => {
          const record = cleanRecord(line)
          return readable ? prettyLine(record, { colour }) : `${JSON.stringify(record)}\n`
        },
      },
    },
    stream,
  )
}

type Entry = Readonly<Record<string, unknown>>

const lineCharactersMax = 65_536

function cleanRecord(line: string): Entry {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    // Never the line itself: what cannot be read cannot be redacted.
    return { level: 'error', msg: 'A log line was dropped, because it was not JSON' }
  }
  const record = redactValue(parsed) as Entry
  if (JSON.stringify(record).length <= lineCharactersMax) return record
  const { level, time, request_id, msg } = record
  const message = redactText(String(msg ?? '')).slice(0, 2000)
  return { level, time, request_id, msg: message, cut: `${line.length} characters` }
}
