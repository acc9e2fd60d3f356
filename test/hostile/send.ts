import { expect } from 'vitest'
import { BEARER_SECRET, type IngestPipeline } from '../acceptance/ingest-pipeline.js'

/** Items of one batch, less than any signal's limit. */
const BATCH = 400

/**
 * Sends items of which some may be refused, and tells how many were taken. Every answer is one that the wire knows: 202,
 * or a refusal with a closed code and the places.
 */
export async function sendAll(
  pipeline: IngestPipeline,
  path: string,
  list: string,
  items: readonly object[],
): Promise<number> {
  let accepted = 0
  for (let at = 0; at < items.length; at += BATCH) {
    const part = items.slice(at, at + BATCH)
    const answer = await fetch(`${pipeline.url}${path}?partial=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${BEARER_SECRET}` },
      body: JSON.stringify({ [list]: part }),
    })
    const text = await answer.text()
    const body = JSON.parse(text) as Answer
    expect(text).not.toMatch(/\n\s+at |node_modules/)
    if (answer.status === 202) {
      expect(body.accepted + (body.rejected ?? 0)).toBe(part.length)
      accepted += body.accepted
    } else expect([answer.status, body.error?.code]).toEqual([400, 'SCHEMA_INVALID'])
  }
  return accepted
}

interface Answer {
  readonly accepted: number
  readonly rejected?: number
  readonly error?: { readonly code: string }
}
