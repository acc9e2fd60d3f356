import type { SpanItem } from '../parse/span-item.js'
import { scrubAttributes } from '../scrub/index.js'
import { type Attributes, enrichAttributes } from './attributes.js'
import type { EnrichContext } from './context.js'

/**
 * A span as it is stored: its attributes enriched, and they, its names and those of its events scrubbed. What spans of
 * one export share is left to whoever writes it once.
 */
export function enrichSpan(span: SpanItem, context: EnrichContext): SpanItem {
  const { scrubber } = context
  const cleanAll = <Item extends { readonly attributes: Attributes }>(items: readonly Item[]): readonly Item[] =>
    items.length === 0
      ? items
      : items.map((item) => ({ ...item, attributes: scrubAttributes(item.attributes, scrubber) }))
  return {
    ...span,
    name: scrubber.text(span.name, 'name'),
    statusMessage: span.statusMessage === '' ? '' : scrubber.text(span.statusMessage, 'statusMessage'),
    attributes: enrichAttributes(span.attributes, context),
    events: cleanAll(span.events).map((event) => ({ ...event, name: scrubber.text(event.name, 'name') })),
    links: cleanAll(span.links),
  }
}
