// One package of Panthera's own document: what a bill of materials lists.
import { z } from 'zod'
import { ecosystems, type Package } from '../../scanner/dependencies/package.ts'
import { DocumentError } from '../document-error.ts'
import { Text, upTo } from './text.ts'

const Kept = Text(2_000)
const Count = z.int().min(0).max(1_000_000_000)

const OwnPackage = z.object({
  ecosystem: z.enum(ecosystems),
  name: Kept.min(1),
  version: Kept.nullable(),
  range: Kept.nullable(),
  place: z.object({ path: z.string().max(4_096), line: Count, column: Count, endColumn: Count }),
  direct: z.boolean().nullable(),
  development: z.boolean(),
  path: upTo(1_000, Kept),
  dependsOn: upTo(10_000, Kept),
  licence: Kept.nullable(),
  integrity: Kept.nullable(),
  origin: Kept.nullable(),
})

/** @throws {DocumentError} that names the field */
export function readOwnPackage(value: unknown, place: string): Package {
  const parsed = OwnPackage.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new DocumentError(`${[place, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`)
}
