import type { QueryBounds } from '../domain/query-bounds.js'

/** Tells what a query of an org may use: the settings' numbers, and the org's own where the operator gave it some. */
export interface OrgQueryBounds {
  of(orgId: string): Promise<QueryBounds>
}
