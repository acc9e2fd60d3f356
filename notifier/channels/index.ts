import type { Send } from '../channel.js'
import { createEgress, type Egress, type Resolve } from './egress.js'
import { createEmailChannel } from './email.js'
import { createSlackChannel } from './slack.js'
import { createWebhookChannel } from './webhook.js'

export interface ChannelSettings {
  readonly mail: { readonly smtpUrl: string | null; readonly from: string }
  readonly slackApiUrl: string
  /** Addresses, ranges (CIDR) and host names that a tenant's URL may reach though they are private. */
  readonly webhookAllow: readonly string[]
  /** Limit of one step of a send, ms; 15 s unless given. */
  readonly timeoutMs?: number
  /** How names are resolved; the system's own way unless given. */
  readonly resolve?: Resolve
}

/** One sender for every kind of channel. */
export function createSend(
  settings: ChannelSettings,
  egress: Egress = createEgress(settings.webhookAllow, settings.resolve),
): Send {
  const timeout = settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }
  const webhook = createWebhookChannel({ egress, ...timeout })
  const email = createEmailChannel({ ...settings.mail, egress, ...timeout })
  const slack = createSlackChannel({ apiUrl: settings.slackApiUrl, egress, ...timeout })
  return (config, speech) => {
    switch (config.kind) {
      case 'WEBHOOK':
        return webhook(config, speech)
      case 'EMAIL':
        return email(config, speech)
      case 'SLACK':
        return slack(config, speech)
    }
  }
}
