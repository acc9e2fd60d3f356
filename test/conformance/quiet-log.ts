import type { Log } from '../../schema/ports/clock.js'

/** A log that says nothing and keeps what it heard. */
export function quietLog(): Log & { readonly heard: readonly string[] } {
  const heard: string[] = []
  const hear = (_: object, message: string) => {
    heard.push(message)
  }
  const log = { heard, debug: hear, info: hear, warn: hear, error: hear, child: () => log }
  return log
}
