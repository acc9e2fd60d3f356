import { expect, test } from 'vitest'
import type { SpanItem } from '../parse/span-item.js'
import { bareContexts, enrichSpan } from './index.js'

const span: SpanItem = {
  start: { ms: 1, ns: 0 },
  durationNs: 1,
  traceId: '1'.repeat(32),
  spanId: '1'.repeat(16),
  parentSpanId: '',
  traceState: '',
  service: 'web',
  name: 'mail a@example.com',
  kind: 'server',
  status: 'error',
  statusMessage: 'token=abc refused',
  scopeName: '',
  scopeVersion: '',
  attributes: { 'db.password': 'x9', n: 1 },
  shared: {},
  events: [{ at: { ms: 1, ns: 0 }, name: 'exception', attributes: { 'exception.message': 'no b@example.com' } }],
  links: [{ traceId: '2'.repeat(32), spanId: '2'.repeat(16), attributes: { token: 'y' } }],
}

test('names, status, attributes, events and links are scrubbed', () => {
  expect(enrichSpan(span, bareContexts()('org_1'))).toEqual({
    name: 'mail [email]',
    statusMessage: 'token=[secret] refused',
    attributes: { 'db.password': '[secret]', n: 1 },
    events: [{ ...span.events[0], attributes: { 'exception.message': 'no [email]' } }],
    links: [{ ...span.links[0], attributes: { token: '[secret]' } }],
  })
})
