import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { ask, createChannels } from '../../cli/demo/control.js'
import { type Heard, SLACK_TOKEN, startReceivers } from '../../cli/demo/receivers.js'
import { startShop } from '../../cli/demo/shop.js'
import { startTocsin } from '../../cli/tocsin-process.js'

/** From the first bad event of a clear breach to the webhook, at most. */
const BOUND_MS = 25_000

const MONITOR = `mutation { monitorCreate(input: { monitor: { key: "errors", name: "Errors", rule: { threshold: {
  measure: { logs: { filter: "{level=\\"error\\"}" } }, window: "30s", comparison: GT, critical: 2 } } } })
  { monitor { id } userErrors { message path } } }`

it('reaches the webhook within 25 s of the first bad event', { timeout: 120_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-latency-'))
  const heard: (Heard & { at: number })[] = []
  const receivers = await startReceivers((message) => heard.push({ ...message, at: Date.now() }))
  const tocsin = await startTocsin(dataDir, {
    TOCSIN_SMTP_URL: receivers.smtpUrl,
    TOCSIN_SLACK_API_URL: receivers.slackApiUrl,
    TOCSIN_WEBHOOK_ALLOW: '127.0.0.1',
  })
  const errors: Error[] = []
  const shop = startShop({ ...tocsin.bootstrap, ...tocsin.bootstrap.ingestKey, onError: (error) => errors.push(error) })
  try {
    receivers.expectSecret(
      await createChannels(tocsin.bootstrap, { webhookUrl: receivers.webhookUrl, slackToken: SLACK_TOKEN }),
    )
    await ask(tocsin.bootstrap, MONITOR)
    await delay(3_000)
    shop.setBroken(true)
    const page = () => heard.find(({ by, says }) => by === 'webhook' && says === 'firing')
    for (let waited = 0; page() === undefined && waited < 2 * BOUND_MS; waited += 50) await delay(50)
    const latency = (page()?.at ?? Number.POSITIVE_INFINITY) - (shop.firstBadAt() ?? 0)
    console.log(`page after ${latency} ms`)
    expect(errors).toEqual([])
    expect(latency).toBeLessThanOrEqual(BOUND_MS)
  } finally {
    await shop.stop()
    await tocsin.stop()
    await receivers.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
