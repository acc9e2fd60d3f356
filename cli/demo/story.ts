import { setTimeout as delay } from 'node:timers/promises'
import type { Bootstrap } from '../bootstrap.js'
import { look, type Sight } from './control.js'
import type { Heard } from './receivers.js'
import type { Screen } from './screen.js'
import type { Shop } from './shop.js'

/** What the story tells of, and where it looks. */
export interface Scene {
  readonly bootstrap: Bootstrap
  readonly shop: Shop
  readonly screen: Screen
  /** Everything the receivers heard so far. */
  readonly heard: readonly Heard[]
  readonly signal: AbortSignal
}

/** A chapter that did not come true in time. */
export class StoryError extends Error {
  override readonly name = 'StoryError'
}

const RECEIVERS = ['webhook', 'email', 'slack'] as const
const KEY = 'checkout-errors'

/** One episode: calm, the checkout breaks, the page arrives everywhere, repair, "resolved" arrives everywhere. */
export async function tellStory(scene: Scene): Promise<void> {
  const { screen, shop } = scene
  const heardBefore = scene.heard.length
  screen.say('title', 'The shop is healthy: four services send signed logs and metrics every second.')
  await until(
    scene,
    20,
    'the monitor is judged and calm',
    (sight) => stateOf(sight) === 'OK' && healthOf(sight) === 'HEALTHY',
  )
  await pause(scene, 6_000)

  screen.say('title', 'The payment provider times out: the checkout breaks.')
  shop.setBroken(true)
  let seenPending = false
  await until(scene, 40, 'the monitor goes PENDING, then FIRING', (sight) => {
    const state = stateOf(sight)
    if (state === 'PENDING' && !seenPending) {
      seenPending = true
      screen.say('warn', 'checkout-errors: OK → PENDING (the condition must hold for 10 s)')
    }
    return state === 'FIRING'
  })
  if (!seenPending) throw new StoryError('The monitor was never seen PENDING before it fired.')
  const fired = await look(scene.bootstrap)
  const incident = incidentOf(fired)
  screen.say('bad', `checkout-errors: PENDING → FIRING, incident #${incident?.number}: ${incident?.title}`)
  await everyoneHears(scene, heardBefore, 'firing')
  const firstBadAt = shop.firstBadAt()
  if (firstBadAt !== null)
    screen.say(
      'plain',
      `All three heard of it ${((Date.now() - firstBadAt) / 1000).toFixed(1)} s after the first failed checkout.`,
    )

  const heardFiring = scene.heard.length
  screen.say('title', 'The payment provider is back: the checkout is repaired.')
  shop.setBroken(false)
  await until(
    scene,
    60,
    'the monitor is calm again',
    (sight) => stateOf(sight) === 'OK' && incidentOf(sight)?.state === 'RESOLVED',
  )
  screen.say('good', `checkout-errors: FIRING → OK, incident #${incident?.number} is resolved`)
  await everyoneHears(scene, heardFiring, 'resolved')
  await until(scene, 20, 'every delivery is recorded', (sight) => {
    const deliveries = incidentOf(sight)?.deliveries.nodes ?? []
    return deliveries.length === 2 * RECEIVERS.length && deliveries.every(({ status }) => status === 'DELIVERED')
  })
  screen.say('good', 'The ledger holds six deliveries, all DELIVERED.')
}

async function everyoneHears(scene: Scene, since: number, says: 'firing' | 'resolved'): Promise<void> {
  const told = new Set<string>()
  await until(scene, 25, `webhook, mail and Slack hear "${says}"`, () => {
    for (const message of scene.heard.slice(since)) {
      if (message.says !== says || told.has(message.by)) continue
      told.add(message.by)
      scene.screen.say(
        says === 'firing' ? 'bad' : 'good',
        `${message.by.padEnd(7)} ← ${message.summary}  [${message.proof}]`,
      )
    }
    return RECEIVERS.every((receiver) => told.has(receiver))
  })
}

/** Looks twice a second until it holds; throws `StoryError` when it does not in time. */
async function until(scene: Scene, seconds: number, what: string, holds: (sight: Sight) => boolean): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) {
    scene.signal.throwIfAborted()
    const sight = await look(scene.bootstrap)
    if (holds(sight)) return
    const { logs, metrics } = scene.shop.sent
    const states = sight.monitors.nodes.map(({ key, state, health }) => `${key} ${state}/${health}`).join(', ')
    scene.screen.progress(`accepted ${logs} logs, ${metrics} samples · ${states} · waiting: ${what}`)
    await delay(500, undefined, { signal: scene.signal })
  }
  throw new StoryError(`Not within ${seconds} s: ${what}.`)
}

/** Waits while showing that data flows. */
async function pause(scene: Scene, ms: number): Promise<void> {
  const end = Date.now() + ms
  while (Date.now() < end) {
    const { logs, metrics } = scene.shop.sent
    scene.screen.progress(`accepted ${logs} logs, ${metrics} samples · all calm`)
    await delay(500, undefined, { signal: scene.signal })
  }
}

const monitorOf = (sight: Sight) => sight.monitors.nodes.find(({ key }) => key === KEY)
const stateOf = (sight: Sight) => monitorOf(sight)?.state
const healthOf = (sight: Sight) => monitorOf(sight)?.health
/** The newest incident of the monitor: they come newest first. */
const incidentOf = (sight: Sight) => sight.incidents.nodes.find(({ monitor }) => monitor?.key === KEY)
