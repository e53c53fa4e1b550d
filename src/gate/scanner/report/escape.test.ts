import { expect, it } from 'vitest'
import { codeSpan, escapeMarkdown } from './escape.ts'

it.each([
  [`Don't use "x" <b> & #1`, 'Don&#39;t use &quot;x&quot; &lt;b&gt; &amp; &#35;1'],
  ['1. a_b', '1&#46; a&#95;b'],
  ['&#39;', '&amp;&#35;39;'],
  ['- @all', '&#45; &#64;all'],
])('escapes %s once in Markdown', (text, escaped) => {
  expect(escapeMarkdown(text)).toBe(escaped)
  expect(codeSpan(text)).toBe(`<code>${escaped}</code>`)
})
