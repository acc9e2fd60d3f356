import type { WebClient } from '@slack/web-api'
import { z } from 'zod'
import type { SlackTokenConfig, SlackWebhookConfig } from '../../schema/domain/channel.js'
import type { SendResult, SendTo, Speech } from '../channel.js'
import { headline, render } from '../render.js'
import { truncate } from '../text.js'
import type { Egress } from './egress.js'
import { post } from './http-post.js'
import { faultResult, refusedAnswer } from './http-result.js'
import { slackClient, slackErrorName, slackFault } from './slack-api.js'
import { escapeMrkdwn, slackBlocks } from './slack-blocks.js'

const TIMEOUT_MS = 15_000

/** Longest fallback text; Slack advises at most 4,000 characters. */
const FALLBACK_LENGTH = 3_000

/** Where a message stands in Slack: what later ones need to edit it and to thread under it. */
const receiptSchema = z.object({ channel: z.string(), ts: z.string() })
type Receipt = z.infer<typeof receiptSchema>

/** Errors that say the first message can be edited no more; the thread alone is told then. */
const NOT_EDITABLE: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'update_failed',
])

/**
 * Slack. By token, the incident's first message is edited as the incident goes on, and each change stands in its
 * thread; by an incoming webhook, each change is a message of its own.
 */
export function createSlackChannel(deps: {
  readonly apiUrl: string
  readonly egress: Egress
  readonly timeoutMs?: number
}): SendTo<SlackTokenConfig | SlackWebhookConfig> {
  const timeoutMs = deps.timeoutMs ?? TIMEOUT_MS
  return (config, speech) =>
    config.via === 'token'
      ? byToken(slackClient(config.token, deps.apiUrl, timeoutMs), config.channel, speech)
      : byWebhook(config.webhookUrl, speech, deps.egress, timeoutMs)
}

async function byToken(client: WebClient, channel: string, speech: Speech): Promise<SendResult> {
  const first = receiptSchema.safeParse(speech.thread.receipt)
  try {
    if (speech.says === 'firing' || speech.says === 'test' || !first.success) {
      const receipt = await say(client, channel, speech, null)
      return { outcome: 'delivered', receipt, detail: `posted to ${receipt.channel}` }
    }
    await edit(client, first.data, speech)
    try {
      await say(client, first.data.channel, speech, first.data.ts)
    } catch (error) {
      const result = slackFault(error, speech.now)
      // The edit was seen already.
      return result.outcome === 'retry' ? { ...result, mayHaveHeard: true } : result
    }
    // The receipt stays that of the message to edit.
    return { outcome: 'delivered', receipt: first.data, detail: `edited and threaded in ${first.data.channel}` }
  } catch (error) {
    return slackFault(error, speech.now)
  }
}

async function say(client: WebClient, channel: string, speech: Speech, thread: string | null): Promise<Receipt> {
  const answer = await client.chat.postMessage({
    channel,
    ...content(speech),
    ...(thread === null ? {} : { thread_ts: thread }),
    unfurl_links: false,
    unfurl_media: false,
    // Slack knows no idempotency key; whoever reads the channel by program finds it here.
    metadata: { event_type: 'tocsin_delivery', event_payload: { delivery_id: speech.deliveryId } },
  })
  return { channel: answer.channel ?? channel, ts: answer.ts ?? '' }
}

async function edit(client: WebClient, at: Receipt, speech: Speech): Promise<void> {
  try {
    await client.chat.update({ channel: at.channel, ts: at.ts, ...content(speech) })
  } catch (error) {
    if (!NOT_EDITABLE.has(slackErrorName(error) ?? '')) throw error
  }
}

async function byWebhook(webhookUrl: string, speech: Speech, egress: Egress, timeoutMs: number): Promise<SendResult> {
  try {
    const answer = await post({
      url: new URL(webhookUrl),
      headers: { 'content-type': 'application/json', 'user-agent': 'Tocsin' },
      body: JSON.stringify(content(speech)),
      timeoutMs,
      egress,
    })
    if (answer.status >= 200 && answer.status < 300)
      return { outcome: 'delivered', receipt: null, detail: `answered ${answer.status}` }
    return refusedAnswer(answer, speech.now)
  } catch (error) {
    return faultResult(error)
  }
}

function content(speech: Speech) {
  const rendered = render(speech)
  return {
    text: truncate(headline(rendered, speech), FALLBACK_LENGTH, escapeMrkdwn),
    blocks: slackBlocks(rendered).map((block) => structuredClone(block)),
  }
}
