// Comments, as far as one line shows them and whatever the language: where they begin and end.

/** Whether what stands before a mark is but the beginning of a comment. */
export const opensComment = (before: string): boolean => commentStart.test(before)

/** The text of a comment without what closes it. */
export const withoutClosing = (text: string): string => text.replace(commentEnd, '').trim()

/** What closes the comment at the end of a line, with the blanks before it; `''` for nothing. */
export const closingOf = (line: string): string => commentEnd.exec(line)?.[0] ?? ''

/** Whether nothing but a comment stands on the line. */
export const isCommentLine = (line: string): boolean => commentLine.test(line)

const commentStart = /^\s*(?:[^\p{L}\p{N}\s]{0,6}|rem|dnl|')\s*$/iu
const commentEnd = /\s*(?:\*\/\}?|--%?>|-->|#\}|%\}|\*\)|-\}|\]\])\s*$/
const commentLine =
  /^\s*(?:#(?![!\w]*\[)|\/\/|\/\*|\*(?!\w)|--\s|<!--|;|\{\/\*|\{#|<%--|rem\s|dnl\s)/i
