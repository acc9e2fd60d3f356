import { createHmac } from 'node:crypto'
import type { WebhookConfig } from '../../schema/domain/channel.js'
import type { SendTo } from '../channel.js'
import type { Egress } from './egress.js'
import { post } from './http-post.js'
import { faultResult, refusedAnswer } from './http-result.js'
import { webhookPayload } from './webhook-payload.js'

/** Standard Webhooks advises 15 to 30 s. */
const TIMEOUT_MS = 15_000

/**
 * Webhooks signed as Standard Webhooks says: `webhook-id` is the delivery's id and stays the same over attempts,
 * `webhook-timestamp` is the attempt's.
 */
export function createWebhookChannel(deps: {
  readonly egress: Egress
  readonly timeoutMs?: number
}): SendTo<WebhookConfig> {
  return async (config, speech) => {
    const body = JSON.stringify(webhookPayload(speech))
    const timestamp = String(Math.floor(speech.now / 1_000))
    try {
      const answer = await post({
        url: new URL(config.url),
        headers: {
          'user-agent': 'Tocsin',
          ...Object.fromEntries(config.headers.map(({ name, value }) => [name.toLowerCase(), value])),
          'content-type': 'application/json',
          'webhook-id': speech.deliveryId,
          'webhook-timestamp': timestamp,
          'webhook-signature': signature(config.secret, `${speech.deliveryId}.${timestamp}.${body}`),
        },
        body,
        timeoutMs: deps.timeoutMs ?? TIMEOUT_MS,
        egress: deps.egress,
      })
      if (answer.status >= 200 && answer.status < 300)
        return { outcome: 'delivered', receipt: null, detail: `answered ${answer.status}` }
      return refusedAnswer(answer, speech.now)
    } catch (error) {
      return faultResult(error)
    }
  }
}

/**
 * Version 1 of the signature: HMAC-SHA256 over id, timestamp and body. The library of the standard refuses a secret
 * whose base64 lacks its padding; Node reads both.
 */
function signature(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
}
