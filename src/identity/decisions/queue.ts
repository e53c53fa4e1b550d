// Decisions that wait to be logged, in a line per organization: none of them takes the room of the
// others, and none is written only after the others.
import type { LoggedDecision } from './store.ts'

/** Of all lines together. A line takes no more than is free beside it. */
export interface Room {
  rows: number
  characters: number
}

/** Rows of a line that are being written. */
export interface Part {
  line: Line
  rows: readonly LoggedDecision[]
}

export interface Line {
  organizationId: string
  rows: LoggedDecision[]
  characters: number
  /** Since it began. */
  appended: number
  done: number
  writing: Promise<void> | null
}

export interface DecisionQueue {
  /** False where there is no room, and it is not appended. */
  append(decision: LoggedDecision): boolean
  line(organizationId: string): Line | undefined
  lines(): MapIterator<Line>
  /** The first that nobody writes. */
  idle(): Line | undefined
  /** The next to be written, from each line that nobody writes; `only`: from this one. */
  next(only?: Line): Part[]
  /** They are written, or never will be. */
  remove(part: Part): void
  size(): number
}

/** Of a transaction. */
const batchRows = 1_000
const batchCharacters = 4 * 1024 * 1024

export function createDecisionQueue(room: Room): DecisionQueue {
  // Who was served last stands last.
  const lines = new Map<string, Line>()
  const waiting = { rows: 0, characters: 0 }

  /** As much as is free: one line alone fills half, and who comes later still finds room. */
  function hasRoom({ rows, characters }: Line, size: number): boolean {
    const free = room.characters - waiting.characters
    return rows.length < room.rows - waiting.rows && characters + size <= free
  }

  function served(line: Line): void {
    lines.delete(line.organizationId)
    lines.set(line.organizationId, line)
  }

  return {
    append(decision) {
      const { organizationId } = decision
      const line = lines.get(organizationId) ?? emptyLine(organizationId)
      const size = sizeOf(decision)
      if (!hasRoom(line, size)) return false
      if (line.appended === 0) lines.set(organizationId, line)
      line.rows.push(decision)
      line.appended += 1
      line.characters += size
      waiting.rows += 1
      waiting.characters += size
      return true
    },
    line: (organizationId) => lines.get(organizationId),
    lines: () => lines.values(),
    idle: () => lines.values().find(({ writing }) => writing === null),
    next(only) {
      const idle = only === undefined ? [...lines.values()] : [only]
      const ready = idle.filter(({ writing }) => writing === null)
      const share = Math.ceil(batchRows / Math.max(1, ready.length))
      const left = { rows: batchRows, characters: batchCharacters }
      const parts: Part[] = []
      for (const line of ready) {
        const rows = taken(line, Math.min(share, left.rows), left.characters)
        for (const row of rows) left.characters -= sizeOf(row)
        left.rows -= rows.length
        parts.push({ line, rows })
        served(line)
        if (left.rows <= 0 || left.characters <= 0) break
      }
      return parts
    },
    remove({ line, rows }) {
      line.rows = line.rows.slice(rows.length)
      line.done += rows.length
      waiting.rows -= rows.length
      for (const row of rows) {
        line.characters -= sizeOf(row)
        waiting.characters -= sizeOf(row)
      }
      if (line.rows.length === 0) lines.delete(line.organizationId)
    },
    size: () => waiting.rows,
  }
}

function emptyLine(organizationId: string): Line {
  return { organizationId, rows: [], characters: 0, appended: 0, done: 0, writing: null }
}

/** At least one, however long it is. */
function taken({ rows }: Line, count: number, characters: number): LoggedDecision[] {
  const found: LoggedDecision[] = []
  let left = characters
  for (const row of rows.slice(0, count)) {
    left -= sizeOf(row)
    if (left < 0 && found.length > 0) break
    found.push(row)
  }
  return found
}

function sizeOf({ context, request, policies, errors, snapshots }: LoggedDecision): number {
  let size = 500 + context.length + request.length + policies.length + (errors?.length ?? 0)
  for (const { entities } of snapshots) size += entities.length
  return size
}
