// lcov's tracefile: a record per source file, whose lines are `KEY:values` and that ends in
// `end_of_record`.
import type { Sums } from './sums.ts'

/** Null where the text has no record. */
export function readLcov(text: string): Sums | null {
  const sums = { lines: { covered: 0, total: 0 }, branches: { covered: 0, total: 0 } }
  let records = 0
  let own = nothing()
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    const line = text.slice(from, end === -1 ? text.length : end).trim()
    from = end === -1 ? text.length : end + 1
    if (line !== 'end_of_record') {
      own.read(line)
      continue
    }
    records += 1
    add(sums.lines, own.lines())
    add(sums.branches, own.branches())
    own = nothing()
  }
  if (records === 0) return null
  return { format: 'lcov', ...sums, branches: sums.branches.total === 0 ? null : sums.branches }
}

/** What a record says itself counts; without it, its single lines do. */
function nothing() {
  const told = new Map<string, number>()
  const lines = { covered: 0, total: 0 }
  const branches = { covered: 0, total: 0 }
  return {
    read(line: string): void {
      const sum = /^(LF|LH|BRF|BRH):(\d{1,15})$/.exec(line)
      if (sum !== null) told.set(sum[1] ?? '', Number(sum[2]))
      const one = /^DA:\d+,(-?\d+)/.exec(line)
      if (one !== null) count(lines, Number(one[1]) > 0)
      const branch = /^BRDA:[^,]*,[^,]*,.*,(-|\d+)$/.exec(line)
      if (branch !== null) count(branches, Number(branch[1]) > 0)
    },
    lines: () => sumOf(told.get('LH'), told.get('LF'), lines),
    branches: () => sumOf(told.get('BRH'), told.get('BRF'), branches),
  }
}

function sumOf(covered: number | undefined, total: number | undefined, counted: Sums['lines']) {
  return covered === undefined || total === undefined ? counted : { covered, total }
}

function count(sum: Sums['lines'], covered: boolean): void {
  sum.total += 1
  if (covered) sum.covered += 1
}

function add(sum: Sums['lines'], more: Sums['lines']): void {
  sum.covered += more.covered
  sum.total += more.total
}
