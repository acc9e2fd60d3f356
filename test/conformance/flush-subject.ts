import { randomUUID } from 'node:crypto'
import type { FlushLine, FlushManifests, FlushTerms } from '../../schema/ports/flushes.js'

/** Flush manifests to be tried. Each test has some of its own. */
export interface FlushSubject {
  readonly manifests: FlushManifests
  close(): Promise<void>
}

export const HOUR = Date.UTC(2026, 0, 1, 10)

export function line(overrides: Partial<FlushLine> = {}): FlushLine {
  const slices = overrides.slices ?? [100]
  return {
    orgId: 'org',
    acceptedHour: HOUR,
    slices,
    firstSlice: slices[0] ?? 0,
    lastSlice: slices.at(-1) ?? 0,
    rows: 10,
    bytes: 1000,
    ...overrides,
  }
}

export const TERMS: FlushTerms = { days: { org: 30 }, policies: {} }

/** What `open` takes, for one batch and one line unless told otherwise. */
export function flush(overrides: Partial<Parameters<FlushManifests['open']>[0]> = {}) {
  return {
    signal: 'logs',
    owner: 'a',
    leaseMs: 60_000,
    batchIds: [randomUUID()],
    lines: [line()],
    terms: TERMS,
    ...overrides,
  } satisfies Parameters<FlushManifests['open']>[0]
}
