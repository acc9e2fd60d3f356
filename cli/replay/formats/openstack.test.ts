import { expect, test } from 'vitest'
import { openstack } from './openstack.js'

const CONTEXT = 'req-7c3e0d8a-0b1f-4f3c-9a51-1f4a3c1b2d3e 0f1e2d3c4b5a 5a4b3c2d1e0f - - -'

test('an access line gives its fields', () => {
  const line = `nova-api.log.1.2026-01-02_03:04:05 2026-01-02 03:04:05.678 4711 INFO nova.osapi_compute.wsgi.server [${CONTEXT}] 10.0.0.7,10.0.0.1 "GET /v2/servers HTTP/1.1" status: 404 len: 176 time: 0.25`
  expect(openstack.begins(line)).toBe(true)
  expect(openstack.read(line, [])).toEqual({
    at: { ms: Date.UTC(2026, 0, 2, 3, 4, 5, 678), ns: 0 },
    service: 'nova-api',
    level: 'INFO',
    message: '10.0.0.7,10.0.0.1 "GET /v2/servers HTTP/1.1" status: 404 len: 176 time: 0.25',
    attributes: {
      logger: 'nova.osapi_compute.wsgi.server',
      pid: 4711,
      request_id: 'req-7c3e0d8a-0b1f-4f3c-9a51-1f4a3c1b2d3e',
      user_id: '0f1e2d3c4b5a',
      tenant_id: '5a4b3c2d1e0f',
      ip: '10.0.0.7',
      method: 'GET',
      path: '/v2/servers',
      status: 404,
      len: 176,
      time: 0.25,
    },
  })
})

test('without file and context, the logger names the service', () => {
  const line =
    '2026-01-02 03:04:05.678 4711 WARNING nova.compute.manager [-] [instance: 3f1b2c4d-0000-4000-8000-123456789abc] Spawn failed'
  expect(openstack.read(line, ['Traceback:', '  File "x.py"'])).toMatchObject({
    service: 'nova-compute',
    level: 'WARNING',
    message: 'Spawn failed\nTraceback:\n  File "x.py"',
    attributes: { logger: 'nova.compute.manager', pid: 4711, instance: '3f1b2c4d-0000-4000-8000-123456789abc' },
  })
})

test.each(['', 'Traceback (most recent call last):', '  File "x.py", line 3', '2026-01-02 03:04:05 something else'])(
  '"%s" begins no record',
  (line) => expect(openstack.begins(line)).toBe(false),
)

test('a date that is none cannot be read', () => {
  expect(openstack.read('2026-02-30 03:04:05.678 1 INFO nova.x [-] text', [])).toBeNull()
})
