/**
 * A text, escaped, and cut so that what comes out has at most `limit` UTF-16 units, an ellipsis included; never cut
 * within a character as people see it, nor within an escape.
 *
 * @param escaping Applied to each character; must not depend on its neighbours.
 */
export function truncate(text: string, limit: number, escaping: (text: string) => string = (same) => same): string {
  // What is as long before escapes need not be looked at to its end.
  const whole = text.length <= limit ? escaping(text) : null
  if (whole !== null && whole.length <= limit) return whole
  if (limit < 1) return ''
  let kept = ''
  for (const { segment } of graphemes.segment(text.slice(0, limit + LONGEST_GRAPHEME))) {
    const escaped = escaping(segment)
    if (kept.length + escaped.length > limit - 1) break
    kept += escaped
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
