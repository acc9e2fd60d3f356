import type { SpanItem } from '../parse/span-item.js'
import { scrubAttributes } from '../scrub/index.js'
import { type Attributes, enrichAttributes } from './attributes.js'
import type { EnrichContext } from './context.js'

/** What of a span is stored otherwise than it came. */
export type EnrichedSpan = Pick<SpanItem, 'name' | 'statusMessage' | 'attributes' | 'events' | 'links'>

/**
 * A span's attributes enriched, and they, its names and those of its events scrubbed. What spans of one export share is
 * left to whoever writes it once, and the rest is stored as it is.
 */
export function enrichSpan(span: SpanItem, context: EnrichContext): EnrichedSpan {
  const { scrubber } = context
  const cleanAll = <Item extends { readonly attributes: Attributes }>(items: readonly Item[]): readonly Item[] =>
    items.length === 0
      ? items
      : items.map((item) => ({ ...item, attributes: scrubAttributes(item.attributes, scrubber) }))
  return {
    name: scrubber.text(span.name, 'name'),
    statusMessage: span.statusMessage === '' ? '' : scrubber.text(span.statusMessage, 'statusMessage'),
    attributes: enrichAttributes(span.attributes, context),
    events: cleanAll(span.events).map((event) => ({ ...event, name: scrubber.text(event.name, 'name') })),
    links: cleanAll(span.links),
  }
}
