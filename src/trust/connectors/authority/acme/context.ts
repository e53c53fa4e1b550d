// What every part of the client works with, for one authority.
import type { Platform } from '../../../../platform/platform.ts'
import type { AuthorityPlace } from './account-store.ts'
import type { AcmeServer } from './server.ts'
import type { AcmeClientSettings } from './settings.ts'

export interface AcmeContext {
  platform: Platform
  place: AuthorityPlace
  settings: AcmeClientSettings
  server: AcmeServer
}
