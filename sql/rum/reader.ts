import type { RumReader } from '../../schema/ports/rum.js'
import type { ClickHouse } from '../clients.js'
import { rumErrors } from './errors.js'
import { rumSessionEvents } from './session-events.js'
import { rumSession, rumSessions } from './sessions.js'
import { rumVitalSeries, rumVitals } from './vitals.js'

/** Reads an org's browser events from ClickHouse. */
export function createRumReader(clickhouse: ClickHouse, orgId: string): RumReader {
  return {
    vitals: (query) => rumVitals(clickhouse, orgId, query),
    vitalSeries: (query) => rumVitalSeries(clickhouse, orgId, query),
    sessions: (query) => rumSessions(clickhouse, orgId, query),
    session: (query) => rumSession(clickhouse, orgId, query),
    sessionEvents: (query) => rumSessionEvents(clickhouse, orgId, query),
    errors: (query) => rumErrors(clickhouse, orgId, query),
  }
}
