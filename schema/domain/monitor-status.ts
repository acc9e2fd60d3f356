import type { Monitor, MonitorStatus } from './monitor.js'

/** What is said of a monitor that was never judged: nothing was seen, and we have not caught up. Unobserved is not healthy. */
export const UNJUDGED: MonitorStatus = {
  state: 'NO_DATA',
  health: 'BACKFILLING',
  evaluatedUntil: null,
  lastEvaluatedAt: null,
  lastError: null,
}

/** A monitor's status as it is shown: a paused one says so, whatever was judged before. */
export function shownStatus(monitor: Pick<Monitor, 'paused'>, status: MonitorStatus | null): MonitorStatus {
  const judged = status ?? UNJUDGED
  return monitor.paused ? { ...judged, health: 'PAUSED' } : judged
}
