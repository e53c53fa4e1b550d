import { expect, it } from 'vitest'
import { paint, withoutCommands } from './layout.ts'

it.each([
  ['::error::x', ':\u200b:error::x'],
  ['a\n  ::stop-commands::x', 'a\n  :\u200b:stop-commands::x'],
  ['3 │ std::vector', '3 │ std::vector'],
  ['3 │ a ##[error]x', '3 │ a ##\u200b[error]x'],
  ['###[group]', '###\u200b[group]'],
  [paint('::debug::', 'bold', true), '\u001b[1m:\u200b:debug::\u001b[0m'],
])('leaves no command for a runner in %j', (line, shown) => {
  expect(withoutCommands(line)).toBe(shown)
})
