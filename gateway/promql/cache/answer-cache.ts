import { joinSeries } from '../join-series.js'
import { packSeries } from '../packed-series.js'
import type { TouchedTimes } from '../touched-times.js'
import { blocksOf, type KnownPart, lastInstant, questionKey, type RangeQuestion, type Stretch } from './blocks.js'

/** What a question is answered with from memory, and what is left to evaluate. */
export interface FromMemory {
  readonly known: readonly KnownPart[]
  /** Null when all is known. */
  readonly missing: Stretch | null
}

/**
 * Answers to range queries by blocks of instants. It holds no more than its bytes; what was used longest ago goes first.
 * Whoever uses it says which times of an org were touched before he asks, and names the state (`touch`) that he saw when
 * he hands in an answer: what was touched since is not kept.
 */
export interface AnswerCache {
  /** Forgets an org's answers that depend on these times. Returns the org's state after it. */
  touch(orgId: string, times: readonly TouchedTimes[]): number
  find(question: RangeQuestion, now: number): FromMemory
  /** Keeps an answer over some of a question's instants, which depends on samples from `reach.back` before to `reach.ahead` after each. */
  keep(
    question: RangeQuestion,
    answer: KnownPart,
    reach: { back: number; ahead: number },
    state: number,
    now: number,
  ): void
  figures(): CacheFigures
}

export interface CacheFigures {
  /** Instants that were answered from memory, and those that were not. */
  readonly hits: number
  readonly misses: number
  readonly bytes: number
  readonly blocks: number
  /** Blocks forgotten because their times were touched. */
  readonly touched: number
}

/** An answer is forgotten after an hour: what retention or an operator takes away touches no flush. */
const KEPT_MS = 3_600_000
/** Touches of an org that are remembered for answers under way. */
const MAX_TOUCHES = 200

interface Entry {
  readonly key: string
  readonly orgId: string
  readonly part: KnownPart
  /** Times that it depends on. */
  readonly depends: TouchedTimes
  readonly bytes: number
  readonly until: number
}

interface OrgState {
  state: number
  readonly touches: { readonly state: number; readonly times: readonly TouchedTimes[] }[]
  readonly entries: Set<Entry>
}

export function createAnswerCache(maxBytes: number): AnswerCache {
  /** In the order of use, the oldest first. */
  const entries = new Map<string, Entry>()
  const orgs = new Map<string, OrgState>()
  const figures = { hits: 0, misses: 0, bytes: 0, touched: 0 }

  function orgOf(orgId: string): OrgState {
    const org = orgs.get(orgId) ?? { state: 0, touches: [], entries: new Set<Entry>() }
    orgs.set(orgId, org)
    return org
  }

  function forget(entry: Entry): void {
    entries.delete(entry.key)
    orgOf(entry.orgId).entries.delete(entry)
    figures.bytes -= entry.bytes
  }

  function lookUp(key: string, now: number): Entry | undefined {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    if (now >= entry.until) {
      forget(entry)
      return undefined
    }
    entries.delete(key)
    entries.set(key, entry)
    return entry
  }

  function put(entry: Entry): void {
    const before = entries.get(entry.key)
    if (before !== undefined) forget(before)
    if (entry.bytes > maxBytes) return
    entries.set(entry.key, entry)
    orgOf(entry.orgId).entries.add(entry)
    figures.bytes += entry.bytes
    for (const oldest of entries.values()) {
      if (figures.bytes <= maxBytes) break
      forget(oldest)
    }
  }

  return {
    touch(orgId, times) {
      const org = orgOf(orgId)
      if (times.length === 0) return org.state
      org.state++
      org.touches.push({ state: org.state, times })
      if (org.touches.length > MAX_TOUCHES) org.touches.shift()
      for (const entry of [...org.entries]) {
        if (!meetsAny(entry.depends, times)) continue
        forget(entry)
        figures.touched++
      }
      return org.state
    },

    find(question, now) {
      const { step } = question
      const key = questionKey(question)
      const whole = { first: question.start, last: lastInstant(question) }
      const parts: KnownPart[] = []
      const gaps: Stretch[] = []
      for (const { block, first, last } of blocksOf(question, whole)) {
        const part = lookUp(`${key}${block}`, now)?.part
        const from = part === undefined || part.first > first || part.last < first ? first : part.last + step
        if (part !== undefined && from > first) parts.push({ ...part, first, last: Math.min(last, part.last) })
        if (from <= last) gaps.push({ first: from, last })
      }
      // One stretch is evaluated at once; what is known inside of it is not used.
      const [gap] = gaps
      const missing = gap === undefined ? null : { first: gap.first, last: gaps.at(-1)?.last ?? gap.last }
      const known = parts.filter((part) => missing === null || part.last < missing.first || part.first > missing.last)
      const hits = known.reduce((sum, part) => sum + (part.last - part.first) / step + 1, 0)
      figures.hits += hits
      figures.misses += (whole.last - whole.first) / step + 1 - hits
      return { known, missing }
    },

    keep(question, answer, reach, state, now) {
      const org = orgOf(question.orgId)
      const since = org.touches.filter((touch) => touch.state > state)
      if (org.state - state > since.length) return
      const times = since.flatMap((touch) => touch.times)
      const key = questionKey(question)
      for (const { block, first, last } of blocksOf(question, answer)) {
        const entry = lookUp(`${key}${block}`, now)
        const before = entry?.part
        const follows = before !== undefined && before.first < first && before.last + question.step >= first
        const parts = follows
          ? [
              { ...before, last: first - question.step },
              { ...answer, first, last },
            ]
          : [answer]
        const part: KnownPart = {
          first: follows ? before.first : first,
          last,
          series: packSeries(joinSeries(follows ? parts : [{ ...answer, first, last }])),
          infos: [...new Set(parts.flatMap(({ infos }) => infos))],
        }
        const depends = { start: part.first - reach.back, end: part.last + reach.ahead }
        if (meetsAny(depends, times)) continue
        const until = follows && entry !== undefined ? entry.until : now + KEPT_MS
        put({ key: `${key}${block}`, orgId: question.orgId, part, depends, bytes: bytesOf(part), until })
      }
    },

    figures: () => ({ ...figures, blocks: entries.size }),
  }
}

function meetsAny(one: TouchedTimes, times: readonly TouchedTimes[]): boolean {
  return times.some(({ start, end }) => start <= one.end && end >= one.start)
}

/** About what a part takes: 16 bytes a value, and of a label two bytes a character and the objects around it. */
function bytesOf({ series, infos }: KnownPart): number {
  const labels = series.labels.reduce(
    (sum, one) =>
      sum + 100 + Object.entries(one).reduce((own, [name, value]) => own + 40 + 2 * (name.length + value.length), 0),
    0,
  )
  return 500 + labels + 16 * series.timestamps.length + infos.reduce((sum, info) => sum + 2 * info.length, 0)
}
