import { completeUntil, type FlushSnapshot } from '../../../schema/domain/horizon.js'
import type { Clock } from '../../../schema/ports/clock.js'
import type { FlushManifests } from '../../../schema/ports/flushes.js'
import type { WatermarkReading } from '../../../schema/ports/intake.js'
import type { PackedSeries } from '../packed-series.js'
import { touchedTimes } from '../touched-times.js'
import { type CacheFigures, createAnswerCache, type FromMemory } from './answer-cache.js'
import type { RangeQuestion, Stretch } from './blocks.js'

/** Remembers answers to range queries for as long as no flush touches what they depend on. */
export interface AnswerMemory {
  recall(question: RangeQuestion, reach: Reach): Promise<Recalled>
  figures(): CacheFigures
}

interface Reach {
  readonly back: number
  readonly ahead: number
}

export interface Recalled extends FromMemory {
  /**
   * Remembers an answer over `missing`, which was read after the recall. Instants whose samples were not yet complete
   * then are left out.
   */
  remember(answer: { readonly series: PackedSeries; readonly infos: readonly string[] }): void
}

/**
 * Before an org's answers are looked up, the flush manifest says which slices flushes touched since the last look, open
 * ones included, whose rows may be there already or not. Every answer that depends on one is forgotten, so what is left
 * is what an evaluation would give now. The horizon decides no more than what is worth remembering: behind it hardly
 * anything changes, and ahead of it everything does.
 */
export function createAnswerMemory(deps: {
  readonly maxBytes: number
  readonly flushes: Pick<FlushManifests, 'snapshot' | 'dirtySlices'>
  readonly watermarks: () => Promise<WatermarkReading>
  readonly graceMs: number
  readonly clock: Clock
}): AnswerMemory {
  const { flushes, watermarks, graceMs, clock } = deps
  const cache = createAnswerCache(deps.maxBytes)
  const seen = new Map<string, FlushSnapshot>()
  const looks = new Map<string, { running: Promise<Look>; next: Promise<Look> | null }>()

  async function look(orgId: string): Promise<Look> {
    const { now, oldest } = await watermarks()
    const waiting = oldest.find((one) => one.orgId === orgId && one.signal === 'metrics')
    const snapshot = await flushes.snapshot()
    const before = seen.get(orgId)
    const touched =
      before === undefined
        ? []
        : touchedTimes(await flushes.dirtySlices(orgId, 'metrics', before, { upTo: snapshot.upTo, except: [] }))
    seen.set(orgId, snapshot)
    return {
      state: cache.touch(orgId, touched),
      horizon: completeUntil(now, waiting?.acceptedAt ?? null, graceMs),
    }
  }

  /** A look that begins after it is asked for; whoever asks while one runs shares the next. */
  function lookAfter(orgId: string): Promise<Look> {
    const known = looks.get(orgId)
    if (known === undefined) {
      const entry = { running: look(orgId), next: null }
      looks.set(orgId, entry)
      const done = () => {
        if (looks.get(orgId) === entry && entry.next === null) looks.delete(orgId)
      }
      entry.running.then(done, done)
      return entry.running
    }
    known.next ??= known.running.then(ignore, ignore).then(() => {
      looks.delete(orgId)
      return lookAfter(orgId)
    })
    return known.next
  }

  return {
    async recall(question, reach) {
      const { state, horizon } = await lookAfter(question.orgId)
      const { known, missing } = cache.find(question, clock.now())
      return {
        known,
        missing,
        remember({ series, infos }) {
          const complete = missing && completePart(missing, question.step, horizon - reach.ahead)
          if (complete) cache.keep(question, { ...complete, series, infos }, reach, state, clock.now())
        },
      }
    },
    figures: () => cache.figures(),
  }
}

interface Look {
  readonly state: number
  readonly horizon: number
}

const ignore = () => undefined

/** The instants of a stretch up to a time; null when there are none. */
function completePart({ first, last }: Stretch, step: number, until: number): Stretch | null {
  if (until < first) return null
  return { first, last: Math.min(last, first + Math.floor((until - first) / step) * step) }
}
