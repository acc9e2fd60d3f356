import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runDeadLetters } from '../../cli/dead-letters/main.js'
import { openDatabases } from '../../composition/databases.js'
import { createParts } from '../../composition/parts.js'
import { createStops } from '../../composition/stops.js'
import { readConfig } from '../../config.js'
import { openDataDir } from '../../embedded/data-dir.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { scratchFolder } from '../harness/scratch-folder.js'
import { keptLog } from '../ingest-edge.js'
import { plainOf } from '../plain-of.js'

/*
 * `tocsin dead-letters` on stores of Tocsin's own: while it runs, after it stopped, and where it never ran.
 */

async function command(dataDir: string, ...argv: readonly string[]) {
  const written: Buffer[] = []
  const said: string[] = []
  const status = await runDeadLetters(argv, readConfig({ TOCSIN_DATA_DIR: dataDir }), {
    write: (text) => void written.push(Buffer.from(text)),
    say: (line) => said.push(line),
    isTerminal: false,
  })
  return { status, written: Buffer.concat(written).toString(), said }
}

test('letters of a stopped Tocsin are listed, shown and sent through again', async () => {
  const dataDir = join(scratchFolder(), 'data')
  const batchId = randomUUID()
  const body = Buffer.from('{"logs":[{"message":"a secret of the customer"}]}')
  await withIntake(dataDir, async (intake) => {
    await intake.enqueue({
      ...{ batchId, orgId: 'org_1', keyId: 'key_1', signal: 'logs', protocol: 'native-json', items: 1 },
      body: packBody(body),
      idempotency: { scope: randomBytes(32), bodyHash: randomBytes(32), ttlMs: 60_000 },
    })
    await intake.deadLetter(batchId, 'It cannot be stored.')
  })

  const listed = await command(dataDir, 'list')
  expect(listed).toMatchObject({ status: 0, said: [] })
  expect(listed.written).toMatch(
    new RegExp(`^BATCH .*REASON\\n${batchId} +org_1 +logs +1 +\\d+s +It cannot be stored\\.\\n$`),
  )
  const shown = await command(dataDir, 'show', batchId)
  expect(shown.written).toContain('reason    It cannot be stored.')
  expect(shown.written).not.toContain('customer')
  expect((await command(dataDir, 'show', batchId, '--body')).written).toBe(body.toString())

  const replayed = await command(dataDir, 'replay', '--all')
  expect(replayed.written).toMatch(new RegExp(`^${batchId} is in the queue again as [0-9a-f-]{36}\n$`))
  expect(await command(dataDir, 'list')).toEqual({ status: 0, written: '', said: ['No dead letters.'] })
  await withIntake(dataDir, async (intake) => {
    const claimed = await intake.claim('test', 'logs', { maxBatches: 9, maxBytes: 1e9, claimMs: 60_000 })
    expect(claimed.map((batch) => plainOf(batch).toString())).toEqual([body.toString()])
    expect(replayed.written).toContain(claimed[0]?.batchId)
  })
})

test('a data directory in use, and one that is not there, are said in a sentence', async () => {
  const dataDir = join(scratchFolder(), 'data')
  await expect(command(dataDir, 'list')).rejects.toThrow(/^There is no data directory at .*; set TOCSIN_DATA_DIR to /)
  const held = openDataDir(dataDir)
  await expect(command(dataDir, 'list')).rejects.toThrow(/^The data directory .* is in use by .*; stop that one first/)
  held.release()
})

type Intake = ReturnType<ReturnType<typeof createParts>['intake']>

async function withIntake(dataDir: string, work: (intake: Intake) => Promise<void>): Promise<void> {
  const [config, log] = [readConfig({ TOCSIN_DATA_DIR: dataDir }), keptLog()]
  const stops = createStops(log)
  try {
    await work(createParts(config, await openDatabases(config, log, stops), log, stops).intake())
  } finally {
    await stops.run()
  }
}
