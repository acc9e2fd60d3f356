import type { EdgeTools, Passage } from '../passage.js'
import { checkSkew } from '../skew.js'

/** For a key that signs the body alone, the batch's own `sentAt` is the signed time. */
export function sentAt(passage: Passage, { clock, limits }: EdgeTools): void {
  if (passage.claimed?.scheme !== 'BODY' || passage.sentAt === null) return
  checkSkew('sentAt', passage.sentAt, clock.now(), limits.skewMs)
}
