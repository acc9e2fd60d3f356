import { createMemoryFlushManifests } from '../../queue/memory/flush-manifests.js'
import { createPostgresFlushManifests } from '../../queue/postgres/flush-manifests.js'
import { useStores } from '../harness/stores.js'
import { flushConcurrency } from './flush-concurrency.js'
import { flushConformance } from './flush-manifests.js'
import type { FlushSubject } from './flush-subject.js'
import { quietLog } from './quiet-log.js'

const stores = useStores()

function memory(): FlushSubject {
  return { manifests: createMemoryFlushManifests({ clock: { now: Date.now } }), close: async () => {} }
}

function postgres(): FlushSubject {
  const manifests = createPostgresFlushManifests({ connectionString: stores.url, log: quietLog(), connections: 8 })
  return {
    manifests,
    async close() {
      await manifests.end()
      await stores.pool.query('TRUNCATE engine.flush, engine.usage_hour CASCADE')
    },
  }
}

for (const [name, open] of [
  ['memory', memory],
  ['PostgreSQL', postgres],
] as const) {
  flushConformance(name, open)
  flushConcurrency(name, open)
}
