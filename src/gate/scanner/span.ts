// A stretch of bytes or of text; the end is exclusive.

export interface Span {
  start: number
  end: number
}
