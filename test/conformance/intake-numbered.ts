import { createHash } from 'node:crypto'
import type { PackedBody } from '../../schema/ports/packed-body.js'
import { plainOf } from '../plain-of.js'
import { batch, jsonBody } from './intake-subject.js'

const PADDING = jsonBody(20_000).toString()

/** A batch whose body tells its number, and whose idempotency key is the same however often it is made. */
export function numberedBatch(number: number) {
  return batch({
    body: Buffer.from(JSON.stringify({ number, padding: PADDING.slice(number % 1000) })),
    bodyHash: createHash('sha256').update(`body ${number}`).digest(),
    scope: createHash('sha256').update(`scope ${number}`).digest(),
  })
}

export function numberOf(batch: { readonly body: PackedBody }): number {
  return JSON.parse(plainOf(batch).toString()).number
}
