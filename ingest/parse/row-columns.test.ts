import { expect, test } from 'vitest'
import { packBody } from '../../schema/ports/packed-body.js'
import { LOG_ROW_COLUMNS, RUM_ROW_COLUMNS, SPAN_ROW_COLUMNS } from '../../schema/ports.js'
import { readNativeBlock } from '../../test/harness/native-block.js'
import { PARSERS } from './worker-messages.js'

const AT = Date.UTC(2026, 10, 21, 3, 20, 7)

test.each([
  ['logs', { logs: [{ message: 'x' }] }, LOG_ROW_COLUMNS],
  [
    'spans',
    { spans: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'x', start: AT, end: AT }] },
    SPAN_ROW_COLUMNS,
  ],
  ['rum', { events: [{ app: 'shop', session: 's', type: 'view', page: '/x' }] }, RUM_ROW_COLUMNS],
] as const)('rows of %s have the columns that are inserted, and no others', (signal, body, columns) => {
  const { rows } = PARSERS[signal]([
    {
      batchId: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
      orgId: 'org_1',
      protocol: 'native-json',
      acceptedAt: AT,
      body: packBody(Buffer.from(JSON.stringify(body))),
    },
  ])
  const [row = {}] = readNativeBlock(rows)
  expect(Object.keys(row).sort()).toEqual([...columns].sort())
})
