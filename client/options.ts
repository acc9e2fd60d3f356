import { randomUUID } from 'node:crypto'
import type { Fetch } from './attempt.js'
import type { WhenFull } from './backlog.js'
import { type ClientClock, processClock } from './clock.js'
import { type Credentials, checkCredentials } from './credentials.js'
import type { DropReason } from './deliver.js'
import type { ClientSignal } from './items.js'

/** Items that will not arrive. */
export interface Drop {
  readonly signal: ClientSignal
  readonly items: number
  readonly reason: DropReason
  /** What happened, for a person; holds no secret. */
  readonly sentence: string
}

export interface ClientOptions extends Credentials {
  /** Of the ingest edge, such as `http://127.0.0.1:4318`. */
  readonly url: string
  /** Service of items that name none. */
  readonly service?: string
  /** Items of a batch at most; the protocol's own bound where left out or higher. */
  readonly maxBatchItems?: number
  /** Bytes of a batch's items before compression; 1 MiB where left out. */
  readonly maxBatchBytes?: number
  /** How long an item may wait for company, ms; 1,000 where left out. */
  readonly maxDelayMs?: number
  /** Bodies from here on are compressed, bytes; 1,024 where left out. */
  readonly gzipOverBytes?: number
  /** Bytes of items that wait or are being sent; 16 MiB where left out. Past it something is dropped. */
  readonly maxBufferedBytes?: number
  /** What is dropped then; the oldest where left out. */
  readonly whenFull?: WhenFull
  /** Requests under way at once; 4 where left out. */
  readonly maxInFlight?: number
  /** How long an answer may take, ms; 10,000 where left out. */
  readonly requestTimeoutMs?: number
  /** A batch not taken for so long since its first try is given up, ms; 240,000 where left out. */
  readonly maxRetryMs?: number
  /** Whether what waits is sent when the process runs out of work; true where left out. `process.exit` does not wait. */
  readonly flushOnExit?: boolean
  /** Signals on which what waits is sent first. The process then ends by the signal, unless others listen to it too. */
  readonly flushOnSignals?: readonly NodeJS.Signals[]
  /** How long such a last flush may take, ms; 5,000 where left out. */
  readonly exitTimeoutMs?: number
  /** Hears of every loss. */
  readonly onDrop?: (drop: Drop) => void
  /** Hears of every try that will be repeated, and why. */
  readonly onRetry?: (sentence: string, waitMs: number) => void
  /** The global `fetch` where left out. */
  readonly fetch?: Fetch
  /** For tests that script time and chance. */
  readonly clock?: ClientClock
  readonly random?: () => number
  readonly newKey?: () => string
}

type Optional = 'key' | 'service'
export type Settings = Required<Omit<ClientOptions, Optional>> & Pick<ClientOptions, Optional>

const MIB = 1024 * 1024

/** @throws TypeError for what cannot work. The only moment at which a client throws. */
export function readOptions(options: ClientOptions): Settings {
  checkCredentials(options)
  if (!URL.canParse(options.url) || !/^https?:$/.test(new URL(options.url).protocol))
    throw new TypeError(`url is ${JSON.stringify(options.url)}; expected one that begins with http:// or https://.`)
  const settings: Settings = {
    scheme: 'CANONICAL',
    maxBatchItems: Number.POSITIVE_INFINITY,
    maxBatchBytes: MIB,
    maxDelayMs: 1_000,
    gzipOverBytes: 1_024,
    maxBufferedBytes: 16 * MIB,
    whenFull: 'drop-oldest',
    maxInFlight: 4,
    requestTimeoutMs: 10_000,
    maxRetryMs: 240_000,
    flushOnExit: true,
    flushOnSignals: [],
    exitTimeoutMs: 5_000,
    onDrop: () => undefined,
    onRetry: () => undefined,
    fetch: (url, init) => globalThis.fetch(url, init),
    clock: processClock,
    random: Math.random,
    newKey: randomUUID,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    url: options.url,
    secret: options.secret,
  }
  const counts = ['maxBatchItems', 'maxBatchBytes', 'maxBufferedBytes', 'maxInFlight', 'requestTimeoutMs'] as const
  for (const name of counts)
    if (!(settings[name] >= 1)) throw new TypeError(`${name} is ${settings[name]}; expected at least 1.`)
  if (settings.whenFull !== 'drop-oldest' && settings.whenFull !== 'drop-newest')
    throw new TypeError(`whenFull is ${JSON.stringify(settings.whenFull)}; expected drop-oldest or drop-newest.`)
  return settings
}
