import { type PackedBody, unpackBody } from '../schema/ports/packed-body.js'

/** The body of a batch as it was before it was packed; nothing of no batch. */
export function plainOf(batch: { readonly body: PackedBody } | undefined): Buffer {
  return Buffer.from(batch === undefined ? [] : unpackBody(batch.body))
}
