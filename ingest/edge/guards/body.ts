import { isBrowserKey } from '../browser.js'
import { collectBody } from '../collect-body.js'
import type { EdgeTools, Passage } from '../passage.js'

/** Reads the body as it is sent, under a cap of size, of time and of what is held at once. */
export async function body(passage: Passage, { limits }: EdgeTools): Promise<void> {
  passage.body = await collectBody(passage.request, {
    maxBytes: isBrowserKey(passage.claimed) ? limits.browserBodyBytes : limits.bodyBytes,
    timeoutMs: limits.bodyTimeoutMs,
    take: passage.held.take,
  })
}
