// Flags of an instruction, `--name=value`, which stand before its arguments.

export interface Flags {
  flags: ReadonlyMap<string, string>
  /** Where the arguments begin. */
  rest: number
}

export function splitFlags(text: string): Flags {
  const flags = new Map<string, string>()
  const flag = /\s*--([a-z-]{1,40})(?:=((?:"[^"]*"|[^\s"])*))?(?=\s|$)/y
  let rest = 0
  for (let found = flag.exec(text); found !== null; found = flag.exec(text)) {
    flags.set(found[1] ?? '', (found[2] ?? '').replaceAll('"', ''))
    rest = flag.lastIndex
  }
  return { flags, rest: rest + (/^\s*/.exec(text.slice(rest))?.[0].length ?? 0) }
}
