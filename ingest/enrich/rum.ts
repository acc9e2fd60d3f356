import type { RumItem } from '../parse/rum-item.js'
import { scrubAttributes } from '../scrub/index.js'
import { enrichAttributes } from './attributes.js'
import type { EnrichContext } from './context.js'

/** Texts of a browser's event in which people's data and secrets may stand: addresses carry tokens in their queries. */
const TEXTS = ['user', 'page', 'url', 'referrer', 'name', 'session', 'view'] as const

/**
 * A browser's event as it is stored: browser, system and device from its user agent and its place from the address
 * among its attributes, where it does not say them itself; then scrubbed.
 */
export function enrichRum(event: RumItem, context: EnrichContext): RumItem {
  const { scrubber } = context
  const agent = event.userAgent ? context.agent(event.userAgent) : null
  const attributes = event.attributes == null ? event.attributes : enrichAttributes(event.attributes, context)
  const place = (name: string) => (typeof attributes?.[name] === 'string' ? attributes[name] : null)
  const clean = (text: string | null | undefined, field: string) => (text ? scrubber.text(text, field) : text)
  const texts = Object.fromEntries(
    TEXTS.flatMap((field) => (event[field] ? [[field, clean(event[field], field)]] : [])),
  )
  return {
    ...event,
    ...texts,
    browser: event.browser || agent?.browser || null,
    browserVersion: event.browserVersion || agent?.browserVersion || null,
    os: event.os || agent?.os || null,
    osVersion: event.osVersion || agent?.osVersion || null,
    device: event.device || agent?.device || null,
    country: event.country || place('geo.country.iso_code'),
    region: event.region || place('geo.region.iso_code'),
    city: event.city || place('geo.locality.name'),
    ...(event.error != null && {
      error: {
        ...event.error,
        message: scrubber.text(event.error.message, 'error.message'),
        stack: clean(event.error.stack, 'error.stack') ?? null,
      },
    }),
    ...(event.attribution != null && { attribution: scrubAttributes(event.attribution, scrubber) }),
    ...(attributes !== undefined && { attributes }),
  }
}
