import type { Fetch, FetchWindows } from '../plan.js'
import { ROLLED_FOLDS } from './folds.js'

/** Rollups of one length of bucket: a bucket holds what came after its start, up to its end. */
export interface RollupLevel {
  /** Length of a bucket; buckets start at its multiples, Unix ms. */
  readonly ms: number
  /** From here on each bucket is there and holds all samples of its time, but for those that were touched since. */
  readonly exactFrom: number
  /** From here on there are buckets. */
  readonly from: number
}

/** What the store knows of an org's rollups at one moment, Unix ms. */
export interface RollupFacts {
  readonly levels: readonly RollupLevel[]
  /** Samples are kept from here on. */
  readonly samplesFrom: number
  /** Times whose samples the rollups may not hold yet, both ends included. */
  readonly touched: readonly { readonly start: number; readonly end: number }[]
}

/** What is read between two times, the first left out and the last included, Unix ms. */
export interface Piece {
  readonly kind: 'samples' | 'buckets'
  readonly after: number
  readonly until: number
}

/** How a range selector is answered: pieces in order of time that cover all it looks at. */
export interface RollupPlan {
  readonly levelMs: number
  readonly exact: boolean
  readonly pieces: readonly Piece[]
}

/** Stretches of samples in one plan; a query with more of them reads the samples alone. */
const MAX_STRETCHES = 8
/** Starts of windows that are looked at in the middle of buckets, past which samples are read. */
const MAX_EDGES = 64
/** About how far samples of a series are apart, to compare what plans read. */
const SAMPLE_MS = 15_000
/** Below this, reading samples is as quick. */
const WORTHWHILE_MS = 2 * 3_600_000

/**
 * Plans a range selector over rollups where the function has the same answer from them: windows of PromQL leave out
 * their start and include their end, as buckets do, so a window is made up of the buckets between its ends, and of
 * samples where an end falls inside a bucket, where a bucket is not settled, or not there. The coarsest level that reads
 * least is taken. Where samples of the time are no longer kept and no plan is exact, the answer is approximate.
 *
 * @param worthwhileMs Least time that buckets have to answer.
 * @returns Null where the samples are to be read.
 */
export function planRollups(fetch: Fetch, facts: RollupFacts, worthwhileMs = WORTHWHILE_MS): RollupPlan | null {
  const { windows } = fetch
  if (windows === null || windows.steps === 0 || fetch.selector.edges !== null) return null
  if (windows.call === null || !Object.hasOwn(ROLLED_FOLDS, windows.call)) return null
  let best: { plan: RollupPlan; cost: number } | null = null
  for (const level of facts.levels) {
    const pieces = exactPieces(windows, level, facts)
    if (pieces === null || lengthOf(pieces, 'buckets') < worthwhileMs) continue
    const cost = lengthOf(pieces, 'buckets') / level.ms + lengthOf(pieces, 'samples') / SAMPLE_MS
    if (best === null || cost < best.cost) best = { plan: { levelMs: level.ms, exact: true, pieces }, cost }
  }
  if (best !== null) return best.plan
  const first = windows.end - windows.range
  return first < facts.samplesFrom ? approximatePlan(first, lastEnd(windows), facts) : null
}

/** Buckets up to where samples begin, and samples from there on; null where there are no buckets of the time. */
export function approximatePlan(after: number, until: number, { levels, samplesFrom }: RollupFacts): RollupPlan | null {
  const finest = [...levels].sort((one, other) => one.ms - other.ms)
  const level = finest.find(({ from }) => from <= after) ?? finest.at(-1)
  if (level === undefined) return null
  const border = Math.max(Math.ceil(samplesFrom / level.ms) * level.ms, down(after, level.ms))
  const buckets: Piece = { kind: 'buckets', after: down(after, level.ms), until: Math.min(border, up(until, level.ms)) }
  const samples: Piece = { kind: 'samples', after: border, until }
  return { levelMs: level.ms, exact: false, pieces: until > border ? [buckets, samples] : [buckets] }
}

function exactPieces(windows: FetchWindows, level: RollupLevel, facts: RollupFacts): Piece[] | null {
  const { ms } = level
  const [start, end] = [windows.end - windows.range, lastEnd(windows)]
  const [from, to] = [down(start, ms), up(end, ms)]
  const unsettled = edgeBuckets(windows, ms)
  if (unsettled === null) return null
  const holes = [
    ...unsettled.map((after) => ({ after, until: after + ms })),
    ...facts.touched.map((time) => ({ after: up(time.start, ms) - ms, until: up(time.end, ms) })),
    ...(level.exactFrom > from ? [{ after: from, until: up(level.exactFrom, ms) }] : []),
  ]
    .map((hole) => ({ after: Math.max(hole.after, from), until: Math.min(hole.until, to) }))
    .filter(({ after, until }) => after < until)
    .sort((one, other) => one.after - other.after)
  const pieces: Piece[] = []
  let at = from
  for (const hole of holes) {
    if (hole.until <= at) continue
    const last = pieces.at(-1)
    if (hole.after > at) pieces.push({ kind: 'buckets', after: at, until: hole.after })
    if (hole.after <= at && last?.kind === 'samples') pieces[pieces.length - 1] = { ...last, until: hole.until }
    else pieces.push({ kind: 'samples', after: Math.max(at, hole.after), until: hole.until })
    at = hole.until
  }
  if (at < to) pieces.push({ kind: 'buckets', after: at, until: to })
  const samples = pieces.filter(({ kind }) => kind === 'samples')
  if (samples.length > MAX_STRETCHES || samples.some(({ after }) => after < facts.samplesFrom)) return null
  return pieces
}

/** Starts of the buckets inside of which a window begins or ends; null where there are too many. */
function edgeBuckets({ end, range, step, steps }: FetchWindows, ms: number): number[] | null {
  const found = new Set<number>()
  const inStep = steps === 1 || step % ms === 0
  for (let index = 0; index < (inStep ? 1 : steps); index++) {
    for (const edge of [end + index * step, end + index * step - range])
      if (down(edge, ms) !== edge) found.add(down(edge, ms))
    if (found.size > MAX_EDGES) return null
  }
  if (!inStep || found.size === 0) return [...found]
  // Every window is cut as the first is.
  if (found.size * steps > MAX_EDGES) return null
  return Array.from({ length: steps }, (_, index) => [...found].map((edge) => edge + index * step)).flat()
}

function lastEnd({ end, step, steps }: FetchWindows): number {
  return end + (steps - 1) * step
}

function lengthOf(pieces: readonly Piece[], kind: Piece['kind']): number {
  return pieces.reduce((sum, piece) => (piece.kind === kind ? sum + piece.until - piece.after : sum), 0)
}

function down(time: number, ms: number): number {
  return Math.floor(time / ms) * ms
}

function up(time: number, ms: number): number {
  return Math.ceil(time / ms) * ms
}
