import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../../package-root.js'
import { createScrubber } from './scrubber.js'

/** Loghub's samples (https://github.com/logpai/loghub), which may not be copied here. */
const folder = join(process.env.TOCSIN_TEST_DATA ?? join(packageRoot(), '../shared/data'), 'loghub')

describe.skipIf(!existsSync(folder))('logs of real systems, in which no person is named', () => {
  const scrubber = createScrubber('org_1', new Uint8Array(32))

  test.each(['OpenStack', 'Apache', 'OpenSSH', 'Zookeeper'])('%s: nothing is redacted', (name) => {
    const lines = readFileSync(join(folder, `${name}.log`), 'utf8').split('\n')
    expect(lines.length).toBeGreaterThan(1_900)
    const counts: Record<string, number> = {}
    for (const line of lines)
      for (const [, kind = ''] of scrubber.text(line).matchAll(/\[(email|card|ssn|phone|iban|api_key|jwt|secret)\]/g))
        counts[kind] = (counts[kind] ?? 0) + 1
    expect(counts).toEqual({})
  })
})
