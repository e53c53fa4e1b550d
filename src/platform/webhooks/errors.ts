// The webhooks' own entries of the error catalogue; every surface that mounts them has these.
import { defineErrors } from '../errors.ts'

export const errors = defineErrors({
  webhook_not_found: {
    status: 404,
    title: 'No such webhook',
    fix: 'List the webhooks to see which there are',
  },
  delivery_not_found: {
    status: 404,
    title: 'No such delivery',
    fix: 'List the deliveries of the webhook; they are kept for 30 days',
  },
  too_many_webhooks: {
    status: 409,
    title: 'The organization has as many webhooks as it may have',
    fix: 'Delete one first; the limit stands in details',
  },
  webhook_inactive: {
    status: 409,
    title: 'The webhook is not active, so nothing is sent to it',
    fix: 'Set active to true first',
  },
})
