import type { ChannelConfig } from '../schema/domain/channel.js'
import type { Log } from '../schema/ports/clock.js'
import type { Send, SendResult, Speech } from './channel.js'

/** No send takes longer than this, whatever a channel's own time-outs say, ms. */
const SEND_DEADLINE_MS = 45_000

/**
 * One send that always ends, and in an answer: also when the channel's configuration does not open (`config` null),
 * when no answer comes, or when the sender itself is at fault.
 */
export async function sendOnce(
  deps: { readonly send: Send; readonly log: Log; readonly deadlineMs?: number },
  config: ChannelConfig | null,
  speech: Speech,
): Promise<SendResult> {
  if (config === null) return UNREADABLE
  const deadlineMs = deps.deadlineMs ?? SEND_DEADLINE_MS
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<SendResult>((resolve) => {
    const detail = `no answer within ${deadlineMs / 1_000} s`
    timer = setTimeout(() => resolve({ outcome: 'retry', afterMs: null, mayHaveHeard: true, detail }), deadlineMs)
  })
  try {
    return await Promise.race([deps.send(config, speech), deadline])
  } catch (error) {
    // Its message might quote a secret: only its class is kept.
    const name = error instanceof Error ? error.name : typeof error
    deps.log.error({ deliveryId: speech.deliveryId, error: name }, 'A channel failed to say what became of a message.')
    return { outcome: 'retry', afterMs: null, mayHaveHeard: true, detail: `the sender itself failed (${name})` }
  } finally {
    clearTimeout(timer)
  }
}

/** A master key can be set right again, so this is worth another try. */
const UNREADABLE: SendResult = {
  outcome: 'retry',
  afterMs: null,
  mayHaveHeard: false,
  detail: 'the channel’s configuration does not open under this installation’s master key',
}
