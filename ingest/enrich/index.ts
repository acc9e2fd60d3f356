/**
 * Enriching: what telemetry says between its lines, written out before it is stored; and scrubbing, which comes with it.
 * Pure: databases are handed in as bytes.
 */
export { type Agent, createAgentReader } from './agent.js'
export { enrichAttributes } from './attributes.js'
export {
  BARE_SETTINGS,
  bareContexts,
  type ContextOf,
  createContexts,
  type EnrichContext,
  type EnrichSettings,
} from './context.js'
export { createLocator, type GeoDatabases, type Locate, type Place } from './locate.js'
export { enrichLog } from './log.js'
export { enrichRum } from './rum.js'
export { enrichSpan } from './span.js'
