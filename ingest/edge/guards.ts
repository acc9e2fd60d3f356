import { addressLimit } from './guards/address-limit.js'
import { body } from './guards/body.js'
import { decompression } from './guards/decompression.js'
import { enqueue } from './guards/enqueue.js'
import { headers } from './guards/headers.js'
import { key } from './guards/key.js'
import { orgLimits } from './guards/org-limits.js'
import { schema } from './guards/schema.js'
import { sentAt } from './guards/sent-at.js'
import { signature } from './guards/signature.js'
import type { Guard } from './passage.js'

/** A batch's way in, the cheapest check first. Nothing is read of the body before `body`, nor believed before `signature`. */
export const GUARDS: readonly Guard[] = [
  headers,
  addressLimit,
  key,
  body,
  signature,
  orgLimits,
  decompression,
  schema,
  sentAt,
  enqueue,
]
