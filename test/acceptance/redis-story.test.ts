import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { createChannels, createMonitors } from '../../cli/demo/control.js'
import { type Heard, SLACK_TOKEN, startReceivers } from '../../cli/demo/receivers.js'
import { startShop } from '../../cli/demo/shop.js'
import { tellStory } from '../../cli/demo/story.js'
import { startTocsin } from '../../cli/tocsin-process.js'
import { redisLegs, startRedis } from '../harness/redis.js'

/** A Redis as one keeps it: every answer is on disk before it is given. */
const DURABLE = { appendonly: 'yes', appendfsync: 'always' }

it.skipIf(!redisLegs.own)(
  'a whole Tocsin on Redis stores what a shop sends, pages everyone, and says when it is over',
  { timeout: 150_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-redis-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const server = await startRedis(folder, DURABLE)
    onTestFinished(() => server.kill())
    const heard: Heard[] = []
    const receivers = await startReceivers((message) => void heard.push(message))
    onTestFinished(() => receivers.close())
    const tocsin = await startTocsin(folder, {
      REDIS_URL: server.url,
      TOCSIN_SMTP_URL: receivers.smtpUrl,
      TOCSIN_SLACK_API_URL: receivers.slackApiUrl,
      TOCSIN_WEBHOOK_ALLOW: '127.0.0.1',
    })
    onTestFinished(() => tocsin.stop())
    const { bootstrap } = tocsin
    receivers.expectSecret(
      await createChannels(bootstrap, { webhookUrl: receivers.webhookUrl, slackToken: SLACK_TOKEN }),
    )
    await createMonitors(bootstrap)
    const shop = startShop({ ingestUrl: bootstrap.ingestUrl, ...bootstrap.ingestKey, onError: () => undefined })
    onTestFinished(() => shop.stop())
    const signal = AbortSignal.timeout(120_000)
    await tellStory({ bootstrap, shop, screen: { say: () => undefined, progress: () => undefined }, heard, signal })

    // It went by way of Redis: the streams of the intake and the queues of BullMQ are there.
    const client = new Redis(server.url)
    const keys = await client.keys('*')
    client.disconnect()
    expect(keys).toContain('tocsin:{intake:0}:stream:logs')
    expect(keys.some((key) => key.startsWith('tocsin:{jobs:'))).toBe(true)
  },
)
