// Tells on stderr how far long work is: one line that is redrawn on a terminal, one line per tenth
// elsewhere, and nothing at all about work of under a second.
import { counted } from './terminal.ts'

export interface ProgressState {
  /** What is done, such as `Scanning`. */
  label: string
  done: number
  /** Null while it is not known. */
  total: number | null
  /** What is counted; files unless told. */
  unit?: string
}

export interface Progress {
  update(state: ProgressState): void
  /** Takes the line away again. */
  end(): void
}

export interface ProgressOptions {
  stream: { isTTY?: boolean; write(text: string): unknown }
  /** Milliseconds of a monotonic clock. */
  now?: () => number
}

export function startProgress({
  stream,
  now = () => performance.now(),
}: ProgressOptions): Progress {
  const startedAt = now()
  let drawnAt = Number.NEGATIVE_INFINITY
  let told: string | null = null
  return {
    update(state) {
      const at = now()
      if (at - startedAt < quietMs) return
      if (stream.isTTY) {
        if (at - drawnAt < redrawMs) return
        drawnAt = at
        stream.write(`\r\u001b[K${lineOf(state)}`)
        return
      }
      const step = stepOf(state)
      if (step === null || step === told) return
      told = step
      stream.write(`${lineOf(state)}\n`)
    },
    end() {
      if (stream.isTTY && drawnAt > startedAt) stream.write('\r\u001b[K')
    },
  }
}

const quietMs = 1_000
const redrawMs = 100

function lineOf({ label, done, total, unit = 'file' }: ProgressState): string {
  if (total === null) return `${label}: ${done.toLocaleString('en-US')}`
  const percent = Math.floor((done / Math.max(total, 1)) * 100)
  return `${label}: ${percent} % of ${counted(total, unit)}`
}

/** Changes when there is a line to write; without a total that is every ten thousand. */
function stepOf({ label, done, total }: ProgressState): string | null {
  const step = Math.floor(total === null ? done / 10_000 : (done / Math.max(total, 1)) * 10)
  return step === 0 ? null : `${label} ${step}`
}
