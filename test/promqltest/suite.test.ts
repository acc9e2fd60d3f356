import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { packageRoot } from '../../package-root.js'
import { runScript } from './run-script.js'

/** Prometheus's own PromQL tests stay outside the project; without them there is nothing to run here. */
const folder = resolve(packageRoot(), process.env.TOCSIN_TEST_DATA ?? '../shared/data', 'promqltest')

function scripts(): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.test'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    console.log(`No PromQL test scripts at ${folder}; set TOCSIN_TEST_DATA to the folder that holds promqltest/.`)
    return []
  }
}

const found = scripts()

it.skipIf(found.length > 0)('finds no scripts of the Prometheus suite', () => {
  expect(found).toEqual([])
})

it.each(found)('passes %s', async (name) => {
  const { passed, skipped, failures } = await runScript(readFileSync(join(folder, name), 'utf8'))
  const share = ((100 * passed) / (passed + failures.length)).toFixed(1)
  console.log(`${name}: ${passed} of ${passed + failures.length} (${share} %), ${skipped} of native histograms skipped`)
  expect(failures).toEqual([])
})
