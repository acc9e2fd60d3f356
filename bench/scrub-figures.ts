import { findAll, searchFor } from '../ingest/scrub/find.js'
import { sensitiveNames } from '../ingest/scrub/sensitive-name.js'
import { DEFAULT_SCRUB_STRATEGIES, SCRUB_KINDS, type ScrubKind } from '../schema/domain/scrub.js'
import type { KnownLine } from './known-entities.js'

/** What became of the entities of one kind. */
export interface KindFigures {
  readonly kind: ScrubKind
  /** Entities found, to the character and as what they are. */
  readonly found: number
  readonly missed: number
  /** Findings where there is nothing, or nothing of this kind. */
  readonly false: number
}

/** Judges findings against what is known; all kinds are looked for, those that are kept by default too. */
export function judged(lines: readonly KnownLine[], note?: (line: KnownLine, found: string) => void): KindFigures[] {
  const search = searchFor(new Set(SCRUB_KINDS), sensitiveNames([]))
  const counts = new Map(SCRUB_KINDS.map((kind) => [kind, { found: 0, missed: 0, false: 0 }]))
  for (const line of lines) {
    const { text, entity } = line
    let wasFound = false
    for (const { kind, from, to } of findAll(text, search) ?? []) {
      const isRight = entity !== null && kind === entity.kind && from === entity.from && to === entity.to
      if (isRight) wasFound = true
      else note?.(line, `${kind} ${text.slice(from, to)}`)
      const count = counts.get(kind)
      if (count !== undefined) count[isRight ? 'found' : 'false']++
    }
    const own = entity === null ? undefined : counts.get(entity.kind)
    if (own === undefined || wasFound) continue
    own.missed++
    note?.(line, 'nothing')
  }
  return [...counts].map(([kind, count]) => ({ kind, ...count }))
}

export function recallOf({ found, missed }: KindFigures): number {
  return found / (found + missed)
}

export function precisionOf(figures: KindFigures): number {
  return figures.found / (figures.found + figures.false)
}

/** The table of docs/scrubber.md. */
export function figuresTable(figures: readonly KindFigures[]): string {
  const rows = figures.map((one) => {
    const ratios = `${recallOf(one).toFixed(4)} | ${precisionOf(one).toFixed(4)}`
    const byDefault = DEFAULT_SCRUB_STRATEGIES[one.kind] === 'keep' ? 'kept' : 'redacted'
    return `| ${one.kind} | ${one.found + one.missed} | ${one.missed} | ${one.false} | ${ratios} | ${byDefault} |`
  })
  return [
    '| kind | entities | missed | false | recall | precision | by default |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
