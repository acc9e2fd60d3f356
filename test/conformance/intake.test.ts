import { createMemoryIntake } from '../../queue/memory/intake.js'
import { createPostgresFanOut } from '../../queue/postgres/fan-out.js'
import { createPostgresIntake } from '../../queue/postgres/intake.js'
import { useStores } from '../harness/stores.js'
import { plainOf } from '../plain-of.js'
import { intakeConformance } from './intake.js'
import type { IntakeSubject } from './intake-subject.js'
import { lettersOf, seal } from './kept-letters.js'
import { quietLog } from './quiet-log.js'

intakeConformance('memory', async () => {
  const intake = createMemoryIntake({ clock: { now: Date.now } })
  return {
    intake,
    other: intake,
    deadLetters: async () =>
      intake.deadLetters().map(({ batch, reason }) => ({ ...batch, reason, body: plainOf(batch) })),
    close: () => intake.close(),
  }
})

const stores = useStores()

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
    deadLetters: () => lettersOf(stores.pool),
    async close() {
      await Promise.all([intake.close(), other.close()])
      await Promise.all(fanOuts.map((fanOut) => fanOut.close()))
    },
  }
}

intakeConformance('PostgreSQL, two processes,', () => postgres(2))
intakeConformance('PostgreSQL, one process,', () => postgres(1))
