// What a terminal can show: colour where it is wanted, its width, and no control characters of
// somebody else's making.

export const colourChoices = ['auto', 'always', 'never'] as const
export type ColourChoice = (typeof colourChoices)[number]

/** What is asked of an output stream; a file or a pipe lacks these. */
export interface TerminalStream {
  isTTY?: boolean
  columns?: number
}

/**
 * Whether to colour: the choice decides, then FORCE_COLOR, then NO_COLOR (no-color.org), then
 * whether somebody is looking.
 */
export function usesColour(
  stream: TerminalStream,
  choice: ColourChoice,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (choice !== 'auto') return choice === 'always'
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  if (env.NO_COLOR) return false
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** Columns to wrap at: between 40 and 120, and 80 where there is no terminal. */
export function widthOf(stream: TerminalStream): number {
  return Math.min(Math.max(stream.columns ?? 80, 40), 120)
}

/** Text from a repository, such as a path, with nothing in it that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(controls, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u{${code.toString(16)}}`
  })
}

// Besides control characters those that change the direction of what follows.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** `1 finding`, `2 findings`, `1,234 files`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
