import type { PostgresFlushManifests } from '../queue/postgres/flush-manifests.js'
import type { Intake, Log } from '../schema/ports.js'
import type { Stops } from './stops.js'

const EVERY_MS = 60_000
/** Manifests are kept as long as a tick that saw them can be repeated. */
const KEEP_FLUSHES_MS = 36 * 86_400_000

/** Forgets, every minute, what the queue need not remember: idempotency entries and manifests whose time is over. */
export function startHousekeeping(
  deps: {
    readonly intake: Pick<Intake, 'sweep'>
    readonly flushes: Pick<PostgresFlushManifests, 'prune'>
    readonly log: Log
  },
  stops: Stops,
): void {
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async () => {
    try {
      const forgotten = { idempotency: await deps.intake.sweep(), flushes: await deps.flushes.prune(KEEP_FLUSHES_MS) }
      deps.log.debug(forgotten, 'swept')
    } catch (error) {
      deps.log.warn({ error: String(error) }, 'sweeping failed; it is tried again in a minute')
    }
  }
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep)
  }, EVERY_MS)
  stops.add('housekeeping', async () => {
    clearInterval(timer)
    await sweeping
  })
}
