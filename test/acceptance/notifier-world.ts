import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { createSend } from '../../notifier/channels/index.js'
import { createDeliver } from '../../notifier/deliver.js'
import { DELIVERY_QUEUE, OUTBOX_QUEUE } from '../../notifier/index.js'
import { createMeter } from '../../notifier/meter.js'
import { relay } from '../../notifier/relay.js'
import { createSchedule } from '../../notifier/schedule.js'
import { createSettle } from '../../notifier/settle.js'
import { sweep } from '../../notifier/sweeper.js'
import { createNotificationStore } from '../../prisma/notifications/index.js'
import { createSealer } from '../../prisma/sealing.js'
import { createMemoryFanOut } from '../../queue/memory/fan-out.js'
import type { ChannelConfig } from '../../schema/domain/channel.js'
import { newId } from '../../schema/domain/ids.js'
import type { Labels } from '../../schema/domain/labels.js'
import type { OutboxKind } from '../../schema/domain/notification.js'
import type { Log } from '../../schema/ports/clock.js'
import type { FanOut } from '../../schema/ports/limits.js'
import type { NotificationStore } from '../../schema/ports/notifications.js'
import { createScriptedJobs } from './notifier-jobs.js'

/** Grid time at which the scripts begin. */
export const BEGIN = Date.UTC(2026, 2, 1, 12)

/** Keeps every line that was logged, as text. */
export function createKeptLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = []
  const keep = (fields: object, message: string) => void lines.push(`${JSON.stringify(fields, errorText)} ${message}`)
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  return { log, lines }
}

function errorText(_: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message} ${value.stack}` : value
}

export const SEALER = createSealer(Buffer.alloc(32, 7))

/** The rows that a notifier works on, written as the gateway and the evaluator write them. */
export function createRows(pool: Pool) {
  let numbers = 0
  const id = (kind: Parameters<typeof newId>[0]) => newId(kind, BEGIN + numbers++, randomBytes(10))
  return {
    async org(): Promise<string> {
      const orgId = id('org')
      await pool.query('INSERT INTO org (id, slug, name) VALUES ($1, $2, $3)', [orgId, `acme-${orgId}`, 'Acme & Sons'])
      return orgId
    },
    async channel(
      orgId: string,
      key: string,
      config: ChannelConfig,
      options: { readonly sendResolved?: boolean; readonly enabled?: boolean } = {},
    ): Promise<string> {
      const channelId = id('channel')
      await pool.query(
        `INSERT INTO channel (id, org_id, key, live_key, name, kind, config, sealed_config, send_resolved, enabled)
         VALUES ($1, $2, $3, $3, $3, $4, '{}', $5, $6, $7)`,
        [
          channelId,
          orgId,
          key,
          config.kind,
          SEALER.seal(Buffer.from(JSON.stringify(config)), channelId),
          options.sendResolved ?? true,
          options.enabled ?? true,
        ],
      )
      return channelId
    },
    /** @param notify Null leaves the routing to decide. */
    async monitor(orgId: string, notify: readonly string[] | null, body: string | null = null): Promise<string> {
      const monitorId = id('monitor')
      await pool.query(
        `INSERT INTO monitor (id, org_id, key, live_key, name, kind, rule, every_ms, for_ms, keep_firing_for_ms,
                              missing_data, labels, runbook_url, body, notify, notify_direct)
         VALUES ($1, $2, $3, $3, 'Errors', 'LOG', '{}', 10000, 0, 0, 'KEEP_STATE', '{}', $4, $5, $6, $7)`,
        [
          monitorId,
          orgId,
          `errors-${monitorId.slice(-8)}`,
          'https://runbooks.example/errors',
          body,
          notify ?? [],
          notify !== null,
        ],
      )
      return monitorId
    },
    async incident(
      orgId: string,
      monitorId: string | null,
      options: { readonly title?: string; readonly labels?: Labels } = {},
    ): Promise<string> {
      const incidentId = id('incident')
      const labels = options.labels ?? { service: 'checkout' }
      const title = options.title ?? 'Errors in checkout'
      await pool.query(
        `INSERT INTO incident (id, org_id, number, monitor_id, incident_key, open_key, title, state, severity, labels, started_at)
         VALUES ($1, $2, $3, $4, $1, $1, $5, 'TRIGGERED', 'WARNING', $6, $7)`,
        [incidentId, orgId, ++numbers, monitorId, title, JSON.stringify(labels), new Date(BEGIN)],
      )
      return incidentId
    },
    async outbox(
      orgId: string,
      incidentId: string,
      kind: OutboxKind,
      at: number = BEGIN,
      severity = kind === 'severity' ? 'CRITICAL' : 'WARNING',
    ): Promise<bigint> {
      if (kind === 'resolved')
        await pool.query(`UPDATE incident SET state = 'RESOLVED', resolved_at = $2 WHERE id = $1`, [
          incidentId,
          new Date(at),
        ])
      const { rows } = await pool.query<{ id: string }>(
        `INSERT INTO engine.outbox (org_id, incident_id, kind, at, value, reason, severity)
         VALUES ($1, $2, $3, $4, 12.5, 'threshold', $5) RETURNING id`,
        [orgId, incidentId, kind, new Date(at), severity],
      )
      return BigInt(rows[0]?.id ?? 0)
    },
  }
}

export interface WorldOptions {
  readonly slackApiUrl?: string
  readonly smtpUrl?: string | null
  readonly webhookAllow?: readonly string[]
  readonly timeoutMs?: number
  /** Stands between the notifier and its store. */
  readonly storeOver?: (store: NotificationStore) => NotificationStore
}

/** A notifier at scripted times: nothing moves but by `turn`, `advanceTo` and `sweep`. */
export async function createWorld(pool: Pool, options: WorldOptions = {}) {
  let now = BEGIN
  const clock = { now: () => now }
  const { log, lines } = createKeptLog()
  const random = { bytes: (length: number) => randomBytes(length) }
  const fanOut: FanOut = createMemoryFanOut({ log })
  const real = createNotificationStore({ pool, sealer: SEALER })
  const store = options.storeOver?.(real) ?? real
  const jobs = createScriptedJobs(clock)
  const outbox = jobs.queue(OUTBOX_QUEUE)
  const deliveries = jobs.queue(DELIVERY_QUEUE)
  const meter = createMeter()
  const send = createSend({
    mail: { smtpUrl: options.smtpUrl ?? null, from: 'Tocsin <tocsin@example.com>' },
    slackApiUrl: options.slackApiUrl ?? 'http://127.0.0.1:9/api/',
    webhookAllow: options.webhookAllow ?? ['127.0.0.1'],
    timeoutMs: options.timeoutMs ?? 2_000,
  })
  const schedule = createSchedule({ deliveries, clock, random })
  const settle = createSettle({ store, schedule, fanOut, clock, random, log, meter })
  const publicUrl = 'https://tocsin.example/'
  const deliver = createDeliver({ store, send, schedule, fanOut, clock, random, log, meter, publicUrl })
  await outbox.work((job) => settle(BigInt(String(job.payload.outboxId))), { concurrency: 4 })
  await deliveries.work((job) => deliver(String(job.payload.deliveryId)), { concurrency: 64 })

  const waiting: string[] = []
  return {
    clock,
    jobs,
    /** Deliveries that the sweeper is told of as waiting in this process. */
    waiting,
    lines,
    meter,
    settle,
    deliver,
    store: real,
    rows: createRows(pool),
    /** Relays the outbox and runs what is due now. */
    async turn(): Promise<void> {
      await relay({ store, outbox, clock })
      await jobs.runDue()
    },
    /** Lets time pass, running each job when it is due. */
    async advance(ms: number): Promise<void> {
      const until = now + ms
      for (;;) {
        const next = jobs.nextAt()
        if (next === null || next > until) break
        now = Math.max(now, next)
        await jobs.runDue()
      }
      now = until
    },
    /** Begins again as the only process, and runs what that makes due. */
    async restart(): Promise<void> {
      await real.restart(now)
      await relay({ store, outbox, clock })
      await jobs.runDue()
    },
    /** Hands over what got lost, and runs it. */
    async sweep(): Promise<number> {
      const swept = await sweep({ store, outbox, clock, waiting: () => waiting })
      await jobs.runDue()
      return swept
    },
    /** Deliveries of an incident in the order of their outbox rows. */
    async ledger(incidentId: string) {
      const { rows } = await pool.query(
        `SELECT d.id, n.kind, c.key AS channel, d.status, d.reason, d.attempt_count, d.may_have_heard, d.next_at, d.receipt
         FROM delivery d JOIN notification n ON n.id = d.notification_id JOIN channel c ON c.id = d.channel_id
         WHERE d.incident_id = $1 ORDER BY n.outbox_id, c.key`,
        [incidentId],
      )
      return rows
    },
    async timeline(incidentId: string): Promise<{ kind: string; text: string }[]> {
      const { rows } = await pool.query(
        'SELECT kind, text FROM timeline_entry WHERE incident_id = $1 ORDER BY at, id',
        [incidentId],
      )
      return rows
    },
    async openRows(): Promise<number> {
      const { rows } = await pool.query('SELECT count(*)::int AS n FROM engine.outbox WHERE closed_at IS NULL')
      return rows[0].n
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>
