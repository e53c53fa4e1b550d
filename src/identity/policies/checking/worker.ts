// The process that checks policies, one after the other, as the checker asks.
import { check } from '../written.ts'
import type { Question } from './checker.ts'

process.on('message', ({ written, schema }: Question) => {
  process.send?.(check(written, schema))
})

// Ctrl-C reaches the whole group; the server decides what it means.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))
