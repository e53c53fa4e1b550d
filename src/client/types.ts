// The shapes that the API answers with, as their modules state them; types only.
export type { Scan as SentScan } from '../gate/scans/schema.ts'
export type {
  Client as OAuthClient,
  CreatedClient,
  RotatedClient,
} from '../identity/clients/schema.ts'
export type { CreatedKey, Key } from '../identity/keys/schema.ts'
export type { Introspection, Token } from '../identity/oauth/schema.ts'
export type { CreatedOrganization, Organization } from '../identity/organizations/schema.ts'
export type { Agent } from '../trust/agents/schema.ts'
export type { Certificate, CertificateDetail } from '../trust/certificates/schema.ts'
export type { Deployment } from '../trust/deployments/schema.ts'
