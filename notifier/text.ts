/**
 * A text cut to `limit` UTF-16 units, an ellipsis included, never through a surrogate pair or before a combining mark
 * or joiner that belongs to what is kept.
 */
export function truncate(text: string, limit: number): string {
  if (text.length <= limit) return text
  if (limit < 1) return ''
  let kept = ''
  for (const { segment } of graphemes.segment(text.slice(0, limit + LONGEST_GRAPHEME))) {
    if (kept.length + segment.length > limit - 1) break
    kept += segment
  }
  return `${kept}…`
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How far past the limit we look for the end of a character. Longer ones are cut before they begin. */
const LONGEST_GRAPHEME = 64

/** A text on one line: line breaks, tabs and other control characters become spaces, bidirectional overrides go. */
export function oneLine(text: string): string {
  return text.replace(CONTROLS, ' ').replace(OVERRIDES, '').replace(/ {2,}/g, ' ').trim()
}

const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu
const OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/g
