import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startTocsin } from '../tocsin-process.js'
import { createChannels, createMonitors } from './control.js'
import { type Heard, SLACK_TOKEN, startReceivers } from './receivers.js'
import { createScreen, type Screen } from './screen.js'
import { startShop } from './shop.js'
import { StoryError, tellStory } from './story.js'

const HELP = `Usage: npm run demo [-- --once]

Starts Tocsin with embedded stores on free ports, a small shop that sends signed telemetry, and local receivers of
pages; then the shop's checkout breaks, the page arrives, the checkout is repaired, and "resolved" arrives.

  --once   does it once and ends: status 0 only if every page was delivered and resolved (at most 120 s)
  --help   this text

Without --once the data directory is .tocsin-demo, the shop breaks again every few minutes, and Ctrl-C ends it.`

const ONCE_LIMIT_MS = 120_000
const BETWEEN_EPISODES_MS = 120_000

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help === true) {
    console.log(HELP)
    return 0
  }
  const once = values.once === true
  const screen = createScreen(process.stdout, Date.now)
  const abort = new AbortController()
  const interrupt = () => abort.abort(new StoryError('Stopped.'))
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  const limit = once
    ? setTimeout(() => abort.abort(new StoryError('Not done within 120 s.')), ONCE_LIMIT_MS)
    : undefined
  const dataDir = once ? mkdtempSync(join(tmpdir(), 'tocsin-demo-')) : resolve('.tocsin-demo')
  // Each demo tells its story from the beginning.
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const closers: (() => Promise<void>)[] = []
  let told = false
  try {
    await run(screen, dataDir, once, abort, closers)
    told = true
    return 0
  } catch (error) {
    if (!once && abort.signal.aborted) return 0
    screen.say('bad', error instanceof Error ? error.message : String(error))
    screen.say('dim', `Tocsin's own log: ${join(dataDir, 'tocsin.log')}`)
    return 1
  } finally {
    clearTimeout(limit)
    screen.say('dim', 'Stopping …')
    for (const close of closers.reverse()) await close()
    // A failed one stays, with Tocsin's own log, for whoever looks into it.
    if (once && told) rmSync(dataDir, { recursive: true, force: true })
  }
}

async function run(
  screen: Screen,
  dataDir: string,
  once: boolean,
  abort: AbortController,
  closers: (() => Promise<void>)[],
): Promise<void> {
  const heard: Heard[] = []
  const receivers = await startReceivers((message) => void heard.push(message))
  closers.push(() => receivers.close())
  screen.say('dim', 'Starting Tocsin with PostgreSQL and ClickHouse embedded …')
  const tocsin = await startTocsin(dataDir, {
    TOCSIN_SMTP_URL: receivers.smtpUrl,
    TOCSIN_SLACK_API_URL: receivers.slackApiUrl,
    TOCSIN_WEBHOOK_ALLOW: '127.0.0.1',
  })
  closers.push(() => tocsin.stop())
  void tocsin.gone.then(() => abort.abort(new StoryError('Tocsin ended by itself.')))
  const { bootstrap } = tocsin
  screen.say('good', `Tocsin is ready: GraphQL at ${bootstrap.graphqlUrl}, ingest at ${bootstrap.ingestUrl}`)
  receivers.expectSecret(await createChannels(bootstrap, { webhookUrl: receivers.webhookUrl, slackToken: SLACK_TOKEN }))
  await createMonitors(bootstrap)
  const shop = startShop({
    ingestUrl: bootstrap.ingestUrl,
    ...bootstrap.ingestKey,
    onError: (error) => screen.say('warn', `the shop could not send: ${error.message}`),
  })
  closers.push(() => shop.stop())
  const scene = { bootstrap, shop, screen, heard, signal: abort.signal }
  await tellStory(scene)
  if (once) {
    screen.say(
      'good',
      'Seen from end to end: signed telemetry, a monitor that fired, three pages, three times "resolved".',
    )
    return
  }
  screen.say(
    'title',
    `Still running. Sign in as ${bootstrap.email}; the password and an API token are in ${join(dataDir, 'bootstrap.json')}.`,
  )
  screen.say('dim', 'The checkout breaks again in two minutes. Ctrl-C ends it.')
  for (;;) {
    await delay(BETWEEN_EPISODES_MS, undefined, { signal: abort.signal })
    await tellStory(scene)
  }
}

process.exitCode = await main()
