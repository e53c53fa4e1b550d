import { describe, expect, it } from 'vitest'
import { messageText } from './message.ts'

describe('messageText', () => {
  it('puts arguments in', () => {
    const message = { text: '{0} flows to {1}, {{braces}} and {7}', arguments: ['a', 'b'] }
    expect(messageText(message)).toBe('a flows to b, {braces} and {7}')
  })

  it('leaves braces alone without arguments', () => {
    expect(messageText({ text: 'Use {{ name }} and {0}' })).toBe('Use {{ name }} and {0}')
  })

  it('finds the text by its id', () => {
    const templates = new Map([['default', 'Unsafe {0}']])
    expect(messageText({ id: 'default', arguments: ['call'] }, templates)).toBe('Unsafe call')
    expect(messageText({ id: 'other' }, templates)).toBeNull()
  })

  it('falls back to markdown', () => {
    expect(messageText({ markdown: '**x**' })).toBe('**x**')
    expect(messageText({ text: 'x', markdown: '**x**' })).toBe('x')
  })

  it('keeps the words of links to places and whole links to pages', () => {
    expect(messageText({ text: 'a [value](1) and [page](https://example.com)' })).toBe(
      'a value and [page](https://example.com)',
    )
  })

  it('takes time linear in the length', () => {
    expect(messageText({ text: '[a]('.repeat(200_000) })).toHaveLength(800_000)
    expect(messageText({ text: `${'['.repeat(200_000)}](1)` })).toHaveLength(200_004)
  })

  it.each([null, 5, 'text', [], {}, { text: 5 }])('finds no text in %j', (message) => {
    expect(messageText(message)).toBeNull()
  })
})
