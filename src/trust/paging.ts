// Pages as the references count them.
import { z } from 'zod'

export const PageQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type PageQuery = z.infer<typeof PageQuery>

const Pagination = z.object({
  page: z.int(),
  limit: z.int(),
  total: z.int(),
  totalPages: z.int(),
})

/** The envelope of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), pagination: Pagination })
}

export function paged<Item>(
  found: { data: Item[]; total: number },
  { page, limit }: PageQuery,
): { data: Item[]; pagination: z.infer<typeof Pagination> } {
  const { data, total } = found
  return { data, pagination: { page, limit, total, totalPages: Math.ceil(total / limit) } }
}

export function offsetOf({ page, limit }: PageQuery): number {
  return (page - 1) * limit
}

/** Ids are whole numbers, as the reference has them; PostgreSQL's `bigint` ends where they do. */
const idForm = 'must be a whole number from 1 on, as lists show it'
export const Id = z.coerce.number(idForm).int(idForm).min(1, idForm)
