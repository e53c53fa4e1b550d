// Shapes of certificate authorities.
import { z } from 'zod'
import { authorityTypeNames } from '../connectors/authority/index.ts'
import { Id, PageQuery, pageOf } from '../paging.ts'

const time = z.iso.datetime()
const settings = z.record(z.string().max(100), z.unknown())

export const Authority = z.object({
  id: z.int(),
  name: z.string(),
  type: z.string(),
  settings,
  isDefault: z.boolean().describe('Serves who names none'),
  certificates: z.int().describe('How many certificates name it'),
  createdAt: time,
  updatedAt: time,
})
export type Authority = z.infer<typeof Authority>

export const AuthorityDetail = Authority.extend({
  rootCertificate: z.string().nullable().describe('PEM: what clients must trust'),
  chain: z.string().nullable().describe('PEM: the issuer, then the root'),
  issuer: z.string().nullable(),
  issuers: z
    .array(
      z.object({
        generation: z.int(),
        name: z.string().nullable(),
        serialNumber: z.string(),
        validTo: time,
        crlUrl: z.string().nullable(),
      }),
    )
    .describe('The newest first: it signs, and each answers for what it signed'),
  validTo: time.nullable().describe('The end of the issuer'),
  crlUrl: z.string().nullable(),
  ocspUrl: z.string().nullable(),
})
export type AuthorityDetail = z.infer<typeof AuthorityDetail>

export const AuthorityList = pageOf(Authority)
export const AuthorityQuery = PageQuery
export const OneAuthority = z.object({ data: AuthorityDetail })
export const AuthorityPath = z.object({ authority_id: Id })

const Name = z.string().trim().min(1).max(100)

export const CreateAuthority = z.strictObject({
  name: Name,
  type: z.enum(authorityTypeNames),
  settings: settings.default({}),
  isDefault: z.boolean().default(false),
})
export type CreateAuthority = z.infer<typeof CreateAuthority>

export const UpdateAuthority = z
  .strictObject({
    name: Name.optional(),
    settings: settings.optional().describe('What is named changes, the rest stays'),
    isDefault: z.literal(true).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, {
    message: 'must name something to change: name, settings or isDefault',
  })
export type UpdateAuthority = z.infer<typeof UpdateAuthority>

export const TestedAuthority = z.object({
  data: z.object({ ok: z.boolean(), message: z.string() }),
})
export const DeletedAuthority = z.object({
  data: z.object({ id: z.int(), deleted: z.literal(true) }),
})
