import type { ScrubPolicy } from '../../schema/domain/scrub.js'
import { createScrubber, type Scrubber } from '../scrub/index.js'
import { type Agent, createAgentReader } from './agent.js'
import { createLocator, type GeoDatabases, type Locate } from './locate.js'

/** What enriching one organisation's telemetry needs. */
export interface EnrichContext {
  readonly scrubber: Scrubber
  readonly locate: Locate
  readonly agent: (userAgent: string) => Agent | null
  /** Whether enriching ASCII adds nothing but ASCII: names of cities may be otherwise. */
  readonly ascii: boolean
}

/** What enriching hangs on; can be sent to a worker thread as it stands. */
export interface EnrichSettings {
  readonly databases: GeoDatabases
  /** The installation's secret for keyed hashes; see `createScrubber`. */
  readonly hashKey: Uint8Array
}

/** The context of an organisation; `policy` left out is the default one. */
export type ContextOf = (orgId: string, policy?: ScrubPolicy) => EnrichContext

/** Scrubbers remember names; of more organisations than this, the oldest are made anew. */
const KNOWN_ORGS = 1_000

/** Contexts of organisations, remembered as long as their policy is the same. The reader of addresses is shared. */
export function createContexts({ databases, hashKey }: EnrichSettings): ContextOf {
  const locate = createLocator(databases)
  const agent = createAgentReader()
  const ascii = databases.city === null
  const known = new Map<string, { readonly policy: string; readonly context: EnrichContext }>()
  return (orgId, under) => {
    // A policy that came from another thread is another object each time.
    const policy = under === undefined ? '' : JSON.stringify(under)
    const before = known.get(orgId)
    if (before !== undefined && before.policy === policy) return before.context
    const context = { scrubber: createScrubber(orgId, hashKey, under), locate, agent, ascii }
    const [oldest] = known.keys()
    if (known.size >= KNOWN_ORGS && oldest !== undefined) known.delete(oldest)
    known.set(orgId, { policy, context })
    return context
  }
}

/** Settings without databases: nothing is located, all else is done. */
export const BARE_SETTINGS: EnrichSettings = { databases: { country: null, city: null }, hashKey: new Uint8Array(32) }

let bare: ContextOf | null = null

/** Contexts of `BARE_SETTINGS`, made once. */
export function bareContexts(): ContextOf {
  bare ??= createContexts(BARE_SETTINGS)
  return bare
}
