import { addressLimit } from './guards/address-limit.js'
import { body } from './guards/body.js'
import { browserLimits } from './guards/browser-limits.js'
import { decompression } from './guards/decompression.js'
import { enqueue } from './guards/enqueue.js'
import { headers } from './guards/headers.js'
import { key } from './guards/key.js'
import { orgRequests } from './guards/org-requests.js'
import { countVolume, orgVolume } from './guards/org-volume.js'
import { queue } from './guards/queue.js'
import { schema } from './guards/schema.js'
import { sentAt } from './guards/sent-at.js'
import { signature } from './guards/signature.js'
import type { Guard } from './passage.js'

/** A batch's way in, the cheapest check first. Nothing is read of the body before `body`, nor believed before `signature`. */
export const GUARDS: readonly Guard[] = [
  headers,
  addressLimit,
  queue,
  key,
  browserLimits,
  body,
  signature,
  orgRequests,
  decompression,
  schema,
  sentAt,
  orgVolume,
  enqueue,
  countVolume,
]
