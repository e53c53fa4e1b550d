// PagerDuty, by its Events API v2: one incident for each alert, which ends with it.
import { z } from 'zod'
import type { ChannelType, Notice } from './contract.ts'
import { post } from './post.ts'

const Settings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .default('https://events.pagerduty.com/v2/enqueue')
    .describe('The EU has https://events.eu.pagerduty.com/v2/enqueue'),
  group: z.string().trim().min(1).max(100).optional().describe('As in production'),
})

const actions = { opened: 'trigger', acknowledged: 'acknowledge', resolved: 'resolve' } as const

export const pagerduty: ChannelType<z.infer<typeof Settings>> = {
  settings: Settings,
  secret: z.string().regex(/^[0-9A-Za-z]{32}$/, 'must be the 32 characters of an integration key'),
  noticesMax: 1,
  tellsAcknowledged: true,
  async send({ settings, secret, notices }, ways) {
    for (const notice of notices) {
      const body = JSON.stringify(eventOf(notice, { routingKey: secret, group: settings.group }))
      await post({ url: settings.url, body }, ways)
    }
  },
}

function eventOf(
  { kind, alert, about, url }: Notice,
  { routingKey, group }: { routingKey: string; group: string | undefined },
) {
  const event = {
    routing_key: routingKey,
    event_action: actions[kind],
    // 255 characters at most: a name alone may be longer than that.
    dedup_key: `panthera-alert-${alert.id}`,
  }
  if (kind !== 'opened') return event
  return {
    ...event,
    client: 'Panthera',
    client_url: url,
    links: [{ href: url, text: about.name }],
    payload: {
      summary: alert.summary.slice(0, 1_024),
      severity: alert.severity,
      source: about.name,
      component: 'certificate',
      ...(group === undefined ? {} : { group }),
      class: alert.class,
      timestamp: alert.createdAt,
      custom_details: {
        certificate_id: about.certificateId,
        authority_id: about.authorityId,
        certificate_name: about.name,
        issuer: about.issuer,
        fingerprint: about.fingerprint,
        expires_at: about.validTo,
      },
    },
  }
}
