import type { ChannelConfig } from '../schema/domain/channel.js'
import type { Message, OutboxKind } from '../schema/domain/notification.js'

/** What a channel is asked to say, and the key by which a receiver knows it again. */
export interface Speech {
  /** The delivery's id: the same for every attempt. */
  readonly deliveryId: string
  /** What is said; `test` tries the channel out. */
  readonly says: OutboxKind | 'test'
  readonly message: Message
  /** Where the incident is to be seen; null without a public URL. */
  readonly link: string | null
  /** The message that the incident's first word went out with (perhaps this one), and what the receiver answered. */
  readonly thread: { readonly deliveryId: string; readonly receipt: unknown }
  /** Unix ms. */
  readonly now: number
}

/**
 * What became of an attempt. `retry` may be repeated, and says whether the receiver may have heard it; `final` never
 * helps to repeat. `detail` is for people and holds no secret.
 */
export type SendResult =
  | { readonly outcome: 'delivered'; readonly receipt: unknown; readonly detail: string }
  | {
      readonly outcome: 'retry'
      /** What the receiver asked for, ms. */
      readonly afterMs: number | null
      readonly mayHaveHeard: boolean
      readonly detail: string
    }
  | {
      readonly outcome: 'final'
      readonly detail: string
      /** Why no further message should be sent to this channel; null when others may pass. */
      readonly disableChannel: string | null
    }

/** Sends to one kind of receiver. Throws only on our own fault. */
export type SendTo<Config extends ChannelConfig> = (config: Config, speech: Speech) => Promise<SendResult>

/** Sends to whichever kind the configuration names. */
export type Send = SendTo<ChannelConfig>
