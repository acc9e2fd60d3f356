import type { FlushSnapshot } from '../../schema/domain/horizon.js'
import type { FlushManifests } from '../../schema/ports/flushes.js'
import type { LogTailReader } from '../../schema/ports/telemetry.js'
import type { QueryTurns } from '../query-turns.js'
import { spanOf, TAIL_BOUNDS } from './bounds.js'
import { type TailPosition, tailCursor } from './position.js'
import type { TailEvent } from './waiting.js'

/** What tails read from. */
export interface TailStores {
  readonly flushes: Pick<FlushManifests, 'snapshot' | 'dirtySlices'>
  readonly logTail: { forOrg(orgId: string): LogTailReader }
  readonly queryTurns: QueryTurns
}

/** Whose tail of what. */
export interface TailQuery {
  readonly orgId: string
  readonly selector: string
  readonly signal: AbortSignal
}

interface Step {
  readonly before: FlushSnapshot
  readonly after: FlushSnapshot
}

/** The newest records between two snapshots as events, the last of which stands for all of them. */
export async function newEvents(stores: TailStores, query: TailQuery, step: Step): Promise<TailEvent[]> {
  const asked = await askOf(stores, query, step, null)
  if (asked === null) return []
  const first = TAIL_BOUNDS.recordsARound
  const page = await asked((reader, what) => reader.page({ ...what, first, newest: true }))
  const dropped = page.hasNextPage ? (await asked((reader, what) => reader.count(what))) - first : 0
  return page.records.map(({ cursor, record }, index) => ({
    cursor: cursorAt(step, index === page.records.length - 1 ? null : cursor),
    record,
    dropped: index === 0 ? dropped : 0,
  }))
}

/** All that came after a position up to a snapshot, then an event that says how much was too much. */
export async function* eventsSince(
  stores: TailStores,
  query: TailQuery,
  { seen, within }: TailPosition,
  until: FlushSnapshot,
): AsyncGenerator<TailEvent> {
  const begun = within === null ? [] : [{ before: seen, after: within.upTo, beyond: within.cursor }]
  const steps = [...begun, { before: within?.upTo ?? seen, after: until, beyond: null }]
  let [shown, dropped] = [0, 0]
  for (const { beyond, ...step } of steps) {
    for (let place: string | null | undefined = beyond; place !== undefined; ) {
      const asked = await askOf(stores, query, step, place)
      if (asked === null) break
      if (shown >= TAIL_BOUNDS.caughtUp) {
        dropped += await asked((reader, what) => reader.count(what))
        break
      }
      const first = TAIL_BOUNDS.caughtUpAPage
      const { records, hasNextPage } = await asked((reader, what) => reader.page({ ...what, first, newest: false }))
      for (const [index, { cursor, record }] of records.entries()) {
        const isLast = index === records.length - 1 && !hasNextPage
        yield { cursor: cursorAt(step, isLast ? null : cursor), record, dropped: 0 }
      }
      shown += records.length
      place = hasNextPage ? records.at(-1)?.cursor : undefined
    }
  }
  yield { cursor: tailCursor({ seen: until, within: null }), record: null, dropped }
}

/** Where a tail is after a record of a step; null after all of them. */
function cursorAt({ before, after }: Step, cursor: string | null): string {
  return tailCursor(cursor === null ? { seen: after, within: null } : { seen: before, within: { upTo: after, cursor } })
}

/** How to ask for what a step brought; null when its flushes brought nothing of the org. */
async function askOf(stores: TailStores, { orgId, selector, signal }: TailQuery, step: Step, beyond: string | null) {
  const span = spanOf(await stores.flushes.dirtySlices(orgId, 'logs', step.before, step.after))
  if (span === null) return null
  const reader = stores.logTail.forOrg(orgId)
  return <Result>(ask: (reader: LogTailReader, what: Parameters<LogTailReader['count']>[0]) => Promise<Result>) =>
    stores.queryTurns.run({ orgId, signal }, (limits) => ask(reader, { selector, ...step, ...span, beyond, ...limits }))
}
