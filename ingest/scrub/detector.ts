import type { ScrubKind } from '../../schema/domain/scrub.js'

/** A finding in a text: characters [from, to). */
export interface Finding {
  readonly kind: ScrubKind
  readonly from: number
  readonly to: number
}

/**
 * Where the entity that begins at `at` ends; -1 when none begins there. Looks at no more than a fixed number of
 * characters, or at characters that no other call looks at again: a scan takes linear time, whatever the text.
 */
export type EndOf = (text: string, at: number) => number
