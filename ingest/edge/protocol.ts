import type { Signal } from '../../schema/domain/signal.js'
import type { BatchProtocol } from '../../schema/ports/intake.js'
import { BROWSER_PATH } from './browser.js'
import { Refusal } from './refusals.js'

/** Paths that take batches, and what of. */
export const SERVED: Readonly<Record<string, Signal>> = {
  '/v1/logs': 'logs',
  '/v1/metrics': 'metrics',
  '/v1/traces': 'spans',
  '/v1/rum': 'rum',
  '/api/v1/write': 'metrics',
}
const REMOTE_WRITE_PATH = '/api/v1/write'

/** What a body is, as far as its content type tells: JSON is native or OTLP, and its top-level key tells which. */
export type WireForm = BatchProtocol | 'json'

const JSON_TYPE = /^application\/json(?:\s*;\s*charset\s*=\s*"?utf-8"?)?\s*;?$/i
/** What a page sends without asking first: JSON as plain text. */
const BEACON_TYPE = /^text\/plain(?:\s*;\s*charset\s*=\s*"?utf-8"?)?\s*;?$/i
const PROTOBUF_TYPE = /^application\/x-protobuf(?:\s*;\s*proto\s*=\s*"?([\w.]+)"?)?\s*;?$/i

/** Types of remote write, by what `proto` names (specification 2.0, "Content-Type and Content-Encoding"). */
const WRITE_TYPES: Readonly<Record<string, WireForm>> = {
  'prometheus.WriteRequest': 'remote-write-1',
  'io.prometheus.write.v2.Request': 'remote-write-2',
}

/**
 * What the body is, by path and content type.
 *
 * @throws Refusal CONTENT_TYPE_UNSUPPORTED.
 */
export function wireForm(path: string, type: string | null, fromPage: boolean): WireForm {
  const protobuf = PROTOBUF_TYPE.exec(type ?? '')
  const found = type === null ? 'missing' : JSON.stringify(type.slice(0, 100))
  const refused = (expected: string) =>
    new Refusal('CONTENT_TYPE_UNSUPPORTED', `The content-type is ${found}; expected ${expected}.`)
  if (path === REMOTE_WRITE_PATH) {
    const form = protobuf === null ? undefined : WRITE_TYPES[protobuf[1] ?? 'prometheus.WriteRequest']
    if (form === undefined)
      throw refused(
        'application/x-protobuf, with proto=prometheus.WriteRequest or proto=io.prometheus.write.v2.Request behind it',
      )
    return form
  }
  if (path === BROWSER_PATH) {
    if (JSON_TYPE.test(type ?? '') || (fromPage && BEACON_TYPE.test(type ?? ''))) return 'native-json'
    throw refused('application/json in UTF-8')
  }
  if (JSON_TYPE.test(type ?? '')) return 'json'
  if (protobuf !== null && protobuf[1] === undefined) return 'otlp-protobuf'
  throw refused('application/json in UTF-8, or application/x-protobuf')
}

/** Encodings of a body that are read. Remote write is always snappy's block format. */
export function checkEncoding(form: WireForm, encoding: string | null): void {
  const known = isRemoteWrite(form) ? ['snappy'] : ['gzip', 'identity']
  if (encoding === null || known.includes(encoding.toLowerCase())) return
  throw new Refusal(
    'ENCODING_UNSUPPORTED',
    `The content-encoding is ${JSON.stringify(encoding.slice(0, 100))}; expected ${known.join(' or ')}.`,
  )
}

export function isRemoteWrite(form: WireForm | null): form is 'remote-write-1' | 'remote-write-2' {
  return form === 'remote-write-1' || form === 'remote-write-2'
}

/** What a request seems to be before its content type was found right; for the answer to it alone. */
export function likelyForm(path: string, type: string | undefined): WireForm | null {
  if (path === REMOTE_WRITE_PATH) return type?.includes('write.v2') ? 'remote-write-2' : 'remote-write-1'
  if (PROTOBUF_TYPE.test(type ?? '') && Object.hasOwn(SERVED, path)) return 'otlp-protobuf'
  return Object.hasOwn(SERVED, path) ? 'json' : null
}
