// What every way to tell people of an alert is. Add one: its file, and its row in `index.ts`.
import type { z } from 'zod'
import type { Outbound } from '../../../platform/outbound/index.ts'
import type { Alert } from '../schema.ts'
import type { Mail } from './mail.ts'

/** One thing that happened to one alert. */
export interface Notice {
  /** The same at every repeat. */
  id: string
  kind: 'opened' | 'acknowledged' | 'resolved'
  alert: Pick<Alert, 'id' | 'class' | 'severity' | 'summary' | 'createdAt' | 'acknowledgedBy'>
  /** A certificate, or an authority that ends. */
  about: {
    certificateId: number | null
    authorityId: number | null
    /** The common name, or the authority's own. */
    name: string
    issuer: string | null
    fingerprint: string | null
    validTo: string | null
  }
  /** Where that is read. */
  url: string
}

export interface Letter<Settings> {
  settings: Settings
  secret: string
  /** In the order in which they happened; one or more. */
  notices: readonly Notice[]
}

export interface Ways {
  /** To what tenants name. */
  outbound: Outbound
  /** Null where the operator has named no mail server. */
  mail: Mail | null
  now: () => number
  signal: AbortSignal
}

export interface ChannelType<Settings> {
  settings: z.ZodType<Settings>
  /** What is given as `secret`; null where none is taken, and none or a made one is needed. */
  secret: z.ZodType<string> | null
  /** How many notices one letter holds; what takes one at a time has 1. */
  noticesMax: number
  /** People are told what begins and ends; machines also who looks after it. */
  tellsAcknowledged: boolean
  /** Throws NotSent. */
  send(letter: Letter<Settings>, ways: Ways): Promise<void>
}

/** Its cause, where it has one, is for the operator alone. */
export class NotSent extends Error {
  /** `notices`: these will never be taken, others may; `channel`: it is tried again. */
  readonly affects: 'notices' | 'channel'
  readonly retryAfterMs: number | null

  constructor(
    message: string,
    {
      affects = 'channel',
      retryAfterMs = null,
      cause,
    }: Partial<Pick<NotSent, 'affects' | 'retryAfterMs' | 'cause'>>,
  ) {
    super(message, { cause })
    this.name = 'NotSent'
    this.affects = affects
    this.retryAfterMs = retryAfterMs
  }
}
