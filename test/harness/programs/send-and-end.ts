import { createClient } from '../../../client/index.js'

/*
 * Hands one log to a client, says so, and does nothing more: with `SIGTERM` as second argument it waits to be stopped,
 * else it ends for want of work. Says what became of the log.
 */

const [url = '', mode = ''] = process.argv.slice(2)
const client = createClient({
  url,
  key: 'tk_public',
  secret: 'a-secret-of-the-test',
  maxDelayMs: 600_000,
  exitTimeoutMs: 500,
  flushOnSignals: mode === 'SIGTERM' ? ['SIGTERM'] : [],
  onDrop: ({ reason, items }) => console.log(JSON.stringify({ dropped: reason, items })),
})
if (mode === 'SIGTERM') setInterval(() => undefined, 60_000)
client.log({ message: 'last words' })
console.log(JSON.stringify({ handed: true }))
