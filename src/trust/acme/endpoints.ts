// The table of endpoints that take signed requests. Add one: its file, and its row here.
import { accountEndpoints } from './accounts.ts'
import { authorizationEndpoints } from './authorizations.ts'
import type { Endpoint } from './endpoint.ts'
import { issueEndpoints } from './finalize.ts'
import { keyChangeEndpoint } from './key-change.ts'
import { orderEndpoints } from './orders.ts'
import { revokeEndpoint } from './revoke.ts'

export const endpoints: readonly Endpoint[] = [
  ...accountEndpoints,
  keyChangeEndpoint,
  ...orderEndpoints,
  ...authorizationEndpoints,
  ...issueEndpoints,
  revokeEndpoint,
]
