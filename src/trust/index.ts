// Trust: certificates. So far it tells that there are none.
import type { Module } from '../platform/module.ts'
import { certificateRoutes } from './certificates/routes.ts'

export function createTrust(): Module {
  return {
    name: 'trust',
    routes: { trust: certificateRoutes() },
    subscriptions: [],
    queues: [],
  }
}
