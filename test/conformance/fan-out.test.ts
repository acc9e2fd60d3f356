import { expect, it } from 'vitest'
import { createMemoryFanOut } from '../../queue/memory/fan-out.js'
import { createPostgresFanOut } from '../../queue/postgres/fan-out.js'
import { useStores } from '../harness/stores.js'
import { fanOutConformance } from './fan-out.js'
import { eventually } from './intake-subject.js'
import { quietLog } from './quiet-log.js'

const stores = useStores()

fanOutConformance('memory', () => {
  const fanOut = createMemoryFanOut({ log: quietLog() })
  return { here: fanOut, there: fanOut }
})

fanOutConformance('PostgreSQL', () => {
  const open = () => createPostgresFanOut({ connectionString: stores.url, log: quietLog() })
  return { here: open(), there: open() }
})

const BREAK_LISTENERS = `
  SELECT count(pg_terminate_backend(pid))::integer AS broken FROM pg_stat_activity
  WHERE application_name = 'tocsin listen' AND datname = current_database()`

it('PostgreSQL: listens again by itself when its connection breaks, and closes while it tries', async () => {
  const log = quietLog()
  const fanOut = createPostgresFanOut({ connectionString: stores.url, log })
  const heard: string[] = []
  await fanOut.subscribe('monitor', (payload) => heard.push(payload))
  for (const round of ['first', 'second']) {
    const { rows } = await stores.pool.query<{ broken: number }>(BREAK_LISTENERS)
    expect(rows[0]?.broken).toBe(1)
    await eventually(async () => {
      await fanOut.publish('monitor', round)
      return heard.includes(round)
    })
  }
  expect(log.heard).toContain('The connection that hears other processes was lost.')
  await stores.pool.query(BREAK_LISTENERS)
  await fanOut.close()
})

it('PostgreSQL: closes while no server answers, and fails no publisher', async () => {
  const log = quietLog()
  const fanOut = createPostgresFanOut({ connectionString: 'postgresql://nobody@127.0.0.1:1/none', log })
  await fanOut.publish('monitor', 'x')
  expect(log.heard).toContain('A message to other processes was not sent.')
  await fanOut.close()
})

it('PostgreSQL: refuses a payload that the server would cut off', async () => {
  const fanOut = createPostgresFanOut({ connectionString: stores.url, log: quietLog() })
  await expect(fanOut.publish('monitor', 'ü'.repeat(4000))).rejects.toThrow('more than 7900 bytes')
  await fanOut.close()
})
