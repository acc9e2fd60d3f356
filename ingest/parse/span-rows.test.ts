import { expect, test } from 'vitest'
import { scrubPolicySchema } from '../../schema/domain/scrub.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { readNativeBlock } from '../../test/harness/native-block.js'
import { BARE_SETTINGS, createContexts } from '../enrich/index.js'
import type { ParsedBatch } from './batch.js'
import { toSpanRows } from './span-rows.js'

const BATCH = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
const AT = Date.UTC(2026, 10, 21, 3, 20, 7)
const span = (spanId: string, more: object = {}) => ({
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: spanId.padStart(16, '0'),
  name: 'GET /orders',
  start: AT,
  durationNs: 5,
  statusMessage: 'none',
  attributes: { path: '/x', status: 200, cached: true },
  resource: { 'service.name': 'api', pid: 1 },
  ...more,
})
function rowsOf(...spans: readonly object[]) {
  const body = packBody(Buffer.from(JSON.stringify({ spans })))
  const batch: ParsedBatch = { batchId: BATCH, orgId: 'org_1', protocol: 'native-json', acceptedAt: AT, body }
  const { rows, lines } = toSpanRows([batch])
  return { rows: readNativeBlock(rows), bytes: lines[0]?.bytes ?? 0 }
}

test('a span of ASCII makes the same row and the same bytes beside one that is not', () => {
  const foreign = span('2', { name: 'Größe', attributes: { städte: 'Köln' } })
  const [plain, beside, alone] = [rowsOf(span('1')), rowsOf(span('1'), foreign), rowsOf(foreign)]
  expect(beside.rows[0]).toEqual(plain.rows[0])
  expect(beside.bytes).toBe(plain.bytes + alone.bytes)
  expect(beside.rows[1]?.name).toBe('Größe')
  const text = Buffer.byteLength('GET /orders' + 'none' + 'path/x' + 'status200' + 'cachedtrue')
  const shared = Buffer.byteLength('resource.service.nameapi' + 'resource.pid1')
  expect(plain.bytes).toBe(text + shared)
})

test('each span has its own resource, however many read the same', () => {
  const other = { resource: { 'service.name': 'web', pid: 2 } }
  const { rows } = rowsOf(
    span('1'),
    span('2', other),
    span('3'),
    span('4', { ...other, scope: { attributes: { a: 'b' } } }),
  )
  const attribute = (name: string) =>
    rows.map(({ attributes_string }) => new Map(attributes_string as [string, string][]).get(name))
  expect(attribute('resource.service.name')).toEqual(['api', 'web', 'api', 'web'])
  expect(attribute('scope.a')).toEqual([undefined, undefined, undefined, 'b'])
})

test('what organisations share in a flush is the text, and each has its own scrubbed', () => {
  const contexts = createContexts(BARE_SETTINGS)
  const keeping = scrubPolicySchema.parse({ kinds: { email: 'keep' } })
  const body = packBody(Buffer.from(JSON.stringify({ spans: [span('1', { resource: { owner: 'a@example.com' } })] })))
  const batches = ['org_1', 'org_2', 'org_1'].map((orgId): ParsedBatch => {
    return { batchId: BATCH, orgId, protocol: 'native-json', acceptedAt: AT, body }
  })
  const { rows } = toSpanRows(batches, (orgId) => contexts(orgId, orgId === 'org_2' ? keeping : undefined))
  const owners = readNativeBlock(rows).map(({ attributes_string }) =>
    new Map(attributes_string as [string, string][]).get('resource.owner'),
  )
  expect(owners).toEqual(['[email]', 'a@example.com', '[email]'])
})
