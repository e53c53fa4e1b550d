// What the resources of Trust work with, made once.
import type { Platform } from '../platform/platform.ts'
import type { Authorities } from './authorities/load.ts'
import type { AuthorityService } from './authorities/service.ts'

export interface Trust {
  platform: Platform
  authorities: Authorities
  authorityService: AuthorityService
}
