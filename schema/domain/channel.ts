import { z } from 'zod'
import type { ChannelKind } from './notification.js'

/*
 * Where messages go. A configuration is sealed whole at rest; what people see of it is masked. PagerDuty, Teams and
 * Discord stand in the API and are refused by name until they deliver.
 */

/** Slack by a bot token: messages can be edited and threaded. */
export interface SlackTokenConfig {
  readonly kind: 'SLACK'
  readonly via: 'token'
  readonly token: string
  /** Name or id of the Slack channel. */
  readonly channel: string
}

/** Slack by an incoming webhook: messages can only be posted. The URL itself is the secret. */
export interface SlackWebhookConfig {
  readonly kind: 'SLACK'
  readonly via: 'webhook'
  readonly webhookUrl: string
}

export interface EmailConfig {
  readonly kind: 'EMAIL'
  readonly to: readonly string[]
  /** Null takes the installation's own mail server. */
  readonly smtpUrl: string | null
}

/** A webhook signed as Standard Webhooks says (https://www.standardwebhooks.com). */
export interface WebhookConfig {
  readonly kind: 'WEBHOOK'
  readonly url: string
  /** `whsec_` and the base64 of 24 to 64 bytes. */
  readonly secret: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
}

/** How to reach a channel, secrets and all. Never logged, queued or shown. */
export type ChannelConfig = SlackTokenConfig | SlackWebhookConfig | EmailConfig | WebhookConfig

/** A configuration as it was given: a webhook may still lack its secret. */
export type ChannelConfigDraft =
  | SlackTokenConfig
  | SlackWebhookConfig
  | EmailConfig
  | (Omit<WebhookConfig, 'secret'> & { readonly secret: string | null })

/** A channel as people see it. Times in Unix ms. */
export interface Channel {
  readonly id: string
  readonly orgId: string
  readonly key: string
  readonly version: number
  readonly name: string
  readonly kind: ChannelKind
  /** The input's shape, secrets masked. */
  readonly config: unknown
  readonly sendResolved: boolean
  readonly enabled: boolean
  readonly disabledReason: string | null
  readonly createdAt: number
  readonly updatedAt: number
}

const urlWith = (...protocols: readonly string[]) =>
  z
    .string()
    .max(2_048)
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      message: `expected a URL beginning with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    })

const secretSchema = z
  .string()
  .refine(isWebhookSecret, 'expected whsec_ followed by the base64 of 24 to 64 bytes, or no secret to have one made')

/** Headers that the sender sets itself, or that would change how the request is read. */
const RESERVED_HEADERS = /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|webhook-.*)$/i

const headerSchema = z.strictObject({
  name: z
    .string()
    .max(128)
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'a header name holds letters, digits and dashes')
    .refine((name) => !RESERVED_HEADERS.test(name), 'this header is set by the sender itself'),
  value: z
    .string()
    .max(4_096)
    .regex(/^[\x20-\x7e]*$/, 'a header value holds printable ASCII'),
})

const slackSchema = z.strictObject({
  token: z
    .string()
    .max(512)
    .regex(/^xox[a-z]-\S+$/, 'expected a Slack token, which begins with xoxb-')
    .nullish(),
  channel: z.string().trim().min(1).max(80).nullish(),
  webhookUrl: urlWith('http:', 'https:').nullish(),
})

const emailSchema = z.strictObject({
  to: z.array(z.email()).min(1, 'expected at least one address').max(50),
  smtpUrl: urlWith('smtp:', 'smtps:').nullish(),
})

const webhookSchema = z.strictObject({
  url: urlWith('http:', 'https:'),
  secret: secretSchema.nullish(),
  headers: z.array(headerSchema).max(20).nullish(),
})

/** A configuration in the shape of the GraphQL input: exactly one of its fields. */
export const channelConfigInputSchema = z
  .strictObject({
    slack: slackSchema.nullish(),
    email: emailSchema.nullish(),
    webhook: webhookSchema.nullish(),
    pagerduty: z.unknown().optional(),
    teams: z.unknown().optional(),
    discord: z.unknown().optional(),
  })
  .transform((input, context): ChannelConfigDraft => {
    const refuse = (path: string[], message: string) => {
      context.addIssue({ code: 'custom', path, message })
      return z.NEVER
    }
    const named = Object.entries(input).filter(([, value]) => value != null)
    if (named.length !== 1) return refuse([], `a channel names exactly one kind; found ${named.length}`)
    const { slack, email, webhook } = input
    if (email != null) return { kind: 'EMAIL', to: email.to, smtpUrl: email.smtpUrl ?? null }
    if (webhook != null)
      return { kind: 'WEBHOOK', url: webhook.url, secret: webhook.secret ?? null, headers: webhook.headers ?? [] }
    if (slack != null) {
      const { token, channel, webhookUrl } = slack
      if (webhookUrl != null) {
        if (token != null || channel != null)
          return refuse(['slack'], 'found webhookUrl beside token or channel; expected one way or the other')
        return { kind: 'SLACK', via: 'webhook', webhookUrl }
      }
      if (token == null) return refuse(['slack', 'token'], 'expected token and channel, or webhookUrl')
      if (channel == null) return refuse(['slack', 'channel'], 'a token needs the channel it posts to')
      return { kind: 'SLACK', via: 'token', token, channel }
    }
    const kind = named[0]?.[0] ?? ''
    return refuse(
      [kind],
      `channels of kind ${kind} are not delivered by this version; expected slack, email or webhook`,
    )
  })

/**
 * A draft made whole: a webhook without a secret takes `previous`, or else one made from random bytes.
 *
 * @param random 32 random bytes.
 */
export function completeChannelConfig(
  draft: ChannelConfigDraft,
  previous: ChannelConfig | null,
  random: Uint8Array,
): ChannelConfig {
  if (draft.kind !== 'WEBHOOK') return draft
  const kept = previous?.kind === 'WEBHOOK' ? previous.secret : null
  const secret = draft.secret ?? kept ?? `whsec_${Buffer.from(random).toString('base64')}`
  return { ...draft, secret }
}

/** A configuration as it may be shown: the input's shape, with every secret replaced by a mask. */
export function maskChannelConfig(config: ChannelConfig): Record<string, unknown> {
  switch (config.kind) {
    case 'SLACK':
      return config.via === 'token'
        ? { slack: { token: MASK, channel: config.channel } }
        : { slack: { webhookUrl: `${new URL(config.webhookUrl).origin}/${MASK}` } }
    case 'EMAIL':
      return {
        email: { to: config.to, smtpUrl: config.smtpUrl === null ? null : maskUrl(config.smtpUrl) },
      }
    case 'WEBHOOK':
      return {
        webhook: {
          url: maskUrl(config.url),
          secret: MASK,
          headers: config.headers.map(({ name }) => ({ name, value: MASK })),
        },
      }
  }
}

/** What stands in place of a secret. */
const MASK = '********'

/** A URL without its credentials and the values of its query. */
function maskUrl(text: string): string {
  const url = new URL(text)
  const user = url.username === '' && url.password === '' ? '' : `${MASK}@`
  const query = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=${MASK}`).join('&')
  return `${url.protocol}//${user}${url.host}${url.pathname}${query === '' ? '' : `?${query}`}`
}

function isWebhookSecret(text: string): boolean {
  const match = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)
  if (match === null) return false
  const bytes = Buffer.from(match[1] ?? '', 'base64').length
  return bytes >= 24 && bytes <= 64
}
