import { createHash } from 'node:crypto'
import { canonicalLogSelector, parseLogSelector } from '../query/logql/index.js'
import { type EventMeasure, measureIdentity } from '../schema/domain/measure.js'
import type { IdentifiedMeasure } from '../schema/ports.js'
import type { Identify } from './plan.js'

/** Measures remembered at most; past it the memory begins anew. */
const REMEMBERED = 20_000

/** Identifies measures and remembers them: parsing a filter costs more than looking it up. Throws `QueryError`. */
export function createIdentify(): Identify {
  const known = new Map<string, IdentifiedMeasure>()
  return (measure) => {
    const key = JSON.stringify(measure)
    const held = known.get(key)
    if (held !== undefined) return held
    const identified = identifyMeasure(measure)
    if (known.size >= REMEMBERED) known.clear()
    known.set(key, identified)
    return identified
  }
}

/** The hex SHA-256 of a measure's canonical form, with the measure. */
export function identifyMeasure(measure: EventMeasure): IdentifiedMeasure {
  const canonical = canonicalLogSelector(parseLogSelector(measure.filter))
  return { hash: createHash('sha256').update(measureIdentity(measure, canonical)).digest('hex'), measure }
}
