// The table of channels that there are. Add one: its file, and its row here.
import type { ChannelType } from './contract.ts'
import { email } from './email.ts'
import { pagerduty } from './pagerduty.ts'
import { slack } from './slack.ts'
import { webhook } from './webhook.ts'

export const channelTypeNames = ['email', 'webhook', 'slack', 'pagerduty'] as const
export type ChannelTypeName = (typeof channelTypeNames)[number]

export const channelTypes: Record<ChannelTypeName, ChannelType<unknown>> = {
  email: read(email),
  webhook: read(webhook),
  slack: read(slack),
  pagerduty: read(pagerduty),
}

/** Of which type stored settings are, only the type itself can tell. */
function read<Settings>(type: ChannelType<Settings>): ChannelType<unknown> {
  return {
    ...type,
    send: (letter, ways) =>
      type.send({ ...letter, settings: type.settings.parse(letter.settings) }, ways),
  }
}
