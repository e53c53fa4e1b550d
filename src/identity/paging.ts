// Pages as Trust's references count them.
import { z } from 'zod'

export const PageQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type PageQuery = z.infer<typeof PageQuery>

export const Pagination = z.object({
  page: z.int(),
  limit: z.int(),
  total: z.int(),
  totalPages: z.int(),
})

export function pageOf(query: PageQuery, total: number): z.infer<typeof Pagination> {
  const { page, limit } = query
  return { page, limit, total, totalPages: Math.ceil(total / limit) }
}

export function offsetOf({ page, limit }: PageQuery): number {
  return (page - 1) * limit
}
