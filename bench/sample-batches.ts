import type { Bootstrap } from '../cli/bootstrap.js'
import { sampleLogs } from './sample-logs.js'
import type { ReadyRequest } from './send.js'
import { signedJson } from './signed-json.js'

/** Signed batches of sample logs from a seed up, ready to be sent. */
export function signedLogs(bootstrap: Bootstrap, batches: number, firstSeed: number, size: number): ReadyRequest[] {
  const now = Date.now()
  return Array.from({ length: batches }, (_, i) =>
    signedJson(bootstrap, '/v1/logs', { logs: sampleLogs(firstSeed + i, size, now) }),
  )
}
