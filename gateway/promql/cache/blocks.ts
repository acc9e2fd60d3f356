import type { Part } from '../join-series.js'

/** Instants of a block: at a step of 15 s a quarter of an hour. */
export const BLOCK_STEPS = 60

/** A range query, as far as answers to it can be shared. */
export interface RangeQuestion {
  readonly orgId: string
  /** As it is written: notes name places in it. */
  readonly promql: string
  /** First instant, Unix ms. */
  readonly start: number
  readonly end: number
  /** In ms. */
  readonly step: number
}

/** Instants that follow one another. */
export interface Stretch {
  readonly first: number
  readonly last: number
}

/** The last instant of a question. */
export function lastInstant({ start, end, step }: RangeQuestion): number {
  return start + Math.floor((end - start) / step) * step
}

/**
 * What tells questions apart whose instants fall together: the org is the first of it. Instants are never moved, so
 * where they lie within the step is a part too.
 */
export function questionKey({ orgId, promql, start, step }: RangeQuestion): string {
  return JSON.stringify([orgId, step, phaseOf(start, step), promql])
}

/** The stretches into which a question's blocks cut a stretch of its instants, with the number of each block. */
export function blocksOf({ start, step }: RangeQuestion, { first, last }: Stretch): (Stretch & { block: number })[] {
  const length = BLOCK_STEPS * step
  const phase = phaseOf(start, step)
  const blocks: (Stretch & { block: number })[] = []
  for (let at = first; at <= last; ) {
    const block = Math.floor((at - phase) / length)
    const end = Math.min(last, phase + (block + 1) * length - step)
    blocks.push({ block, first: at, last: end })
    at = end + step
  }
  return blocks
}

function phaseOf(start: number, step: number): number {
  return ((start % step) + step) % step
}

/** What is known of a block: the answer over some of its instants, which follow one another. */
export interface KnownPart extends Part {
  /** In Prometheus's words; an answer with a warning is not kept. */
  readonly infos: readonly string[]
}
