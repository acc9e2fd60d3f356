import type { Speech } from '../channel.js'
import { headline, render } from '../render.js'

/** Version of the payload; grows when a field changes its meaning or goes, not when one is added. */
export const PAYLOAD_VERSION = 1

/**
 * The JSON body of a webhook. Types: `incident.firing`, `incident.severity`, `incident.resolved`, `channel.test`.
 * Times are ISO 8601 in UTC; `value` is null when there was none or when it is not finite.
 */
export function webhookPayload(speech: Speech): Record<string, unknown> {
  const { message, says } = speech
  const { incident } = message
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return {
    version: PAYLOAD_VERSION,
    type: says === 'test' ? 'channel.test' : `incident.${says}`,
    timestamp: iso(message.at),
    data: {
      deliveryId: speech.deliveryId,
      notificationId: message.notificationId,
      summary: headline(render(speech), speech),
      org: message.org,
      incident: {
        id: incident.id,
        number: incident.number,
        title: incident.title,
        state: says === 'resolved' ? 'RESOLVED' : 'TRIGGERED',
        severity: incident.severity,
        labels: incident.labels,
        startedAt: iso(incident.startedAt),
        resolvedAt: iso(incident.resolvedAt),
        url: speech.link,
      },
      monitor: message.monitor,
      value: message.value !== null && Number.isFinite(message.value) ? message.value : null,
      reason: message.reason,
    },
  }
}
