// A webhook of one's own, signed as Standard Webhooks 1.0.0 says: one request for each notice.
import { z } from 'zod'
import { signedHeaders } from '../../../platform/webhooks/signature.ts'
import { parseSigningKey } from '../../../platform/webhooks/signing-key.ts'
import type { ChannelType, Notice } from './contract.ts'
import { post } from './post.ts'

const Settings = z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2_000) })

export const webhook: ChannelType<z.infer<typeof Settings>> = {
  settings: Settings,
  secret: null,
  noticesMax: 1,
  tellsAcknowledged: true,
  async send({ settings, secret, notices }, ways) {
    const keys = [parseSigningKey(secret)]
    for (const notice of notices) {
      const body = JSON.stringify(bodyOf(notice))
      const timestamp = Math.floor(ways.now() / 1_000)
      const headers = signedHeaders({ id: notice.id, timestamp, body }, keys)
      await post({ url: settings.url, body, headers }, ways)
    }
  },
}

function bodyOf({ kind, alert, about, url }: Notice) {
  return { type: `alert.${kind}`, alert, about, url }
}
