import { createMemoryIntake } from '../../queue/memory/intake.js'
import { decodeBody } from '../../queue/postgres/body.js'
import { createPostgresFanOut } from '../../queue/postgres/fan-out.js'
import { createPostgresIntake, deadLetterAad } from '../../queue/postgres/intake.js'
import { useStores } from '../harness/stores.js'
import { intakeConformance } from './intake.js'
import type { IntakeSubject } from './intake-subject.js'
import { quietLog } from './quiet-log.js'

intakeConformance('memory', async () => {
  const intake = createMemoryIntake({ clock: { now: Date.now } })
  return {
    intake,
    other: intake,
    deadLetters: async () => intake.deadLetters().map(({ batch, reason }) => ({ ...batch, reason })),
    close: () => intake.close(),
  }
})

const stores = useStores()

/** No cipher, but one that shows whether the right thing was bound to the right owner. */
const seal = (bytes: Uint8Array, aad: string) => Buffer.concat([Buffer.from(`sealed for ${aad}\0`), bytes])

async function postgres(processes: 1 | 2): Promise<IntakeSubject> {
  await stores.pool.query('TRUNCATE engine.intake, engine.idempotency, engine.dead_letter')
  const deps = { connectionString: stores.url, seal, log: quietLog() }
  // One process alone needs nobody to tell.
  const fanOuts = processes === 1 ? [] : [createPostgresFanOut(deps), createPostgresFanOut(deps)]
  const [here, there] = fanOuts
  const intake = createPostgresIntake({ ...deps, ...(here ? { fanOut: here } : {}) })
  const other = there ? createPostgresIntake({ ...deps, fanOut: there }) : intake
  return {
    intake,
    other,
    async deadLetters() {
      const { rows } = await stores.pool.query(
        `SELECT batch_id AS "batchId", org_id AS "orgId", reason, encoding, bytes, sealed_body AS sealed FROM engine.dead_letter`,
      )
      return Promise.all(
        rows.map(async ({ sealed, encoding, bytes, ...row }) => {
          const prefix = seal(Buffer.of(), deadLetterAad(row.orgId, row.batchId))
          if (!sealed.subarray(0, prefix.length).equals(prefix)) throw new Error('It was sealed for another owner.')
          return { ...row, body: await decodeBody(sealed.subarray(prefix.length), encoding, bytes) }
        }),
      )
    },
    async close() {
      await Promise.all([intake.close(), other.close()])
      await Promise.all(fanOuts.map((fanOut) => fanOut.close()))
    },
  }
}

intakeConformance('PostgreSQL, two processes,', () => postgres(2))
intakeConformance('PostgreSQL, one process,', () => postgres(1))
