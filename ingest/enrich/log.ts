import { acceptedTimes } from '../parse/limits.js'
import type { NativeLog } from '../parse/native-logs.js'
import { enrichAttributes } from './attributes.js'
import type { EnrichContext } from './context.js'
import { inferLevel } from './infer-level.js'
import { openLine } from './open-line.js'

/**
 * A log as it is stored: a line of JSON or logfmt opened into attributes, level, time and ids taken from it where the
 * log has none, the level else told from the line, client and user agent read, and all of it scrubbed. The same log and
 * context give the same, whenever it is asked. The log itself is not changed.
 *
 * @param acceptedAt Unix ms; times that a line tells are taken only within the bounds that stood then.
 */
export function enrichLog(log: NativeLog, acceptedAt: number, context: EnrichContext): NativeLog {
  const { scrubber } = context
  const opened = openLine(log, acceptedTimes(acceptedAt))
  const known = opened ?? log
  const level = known.level ? known.level : opened === null ? inferLevel(log.message) : null
  const message = scrubber.text(log.message, 'message')
  const attributes = known.attributes == null ? known.attributes : enrichAttributes(known.attributes, context)
  if (known === log && level === log.level && message === log.message && attributes === log.attributes) return log
  return { ...known, message, level, ...(attributes !== undefined && { attributes }) }
}
