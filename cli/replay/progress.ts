import type { Tally } from './replay.js'

/** How often progress is shown, ms. A terminal's line is written over; a file gets a line now and then. */
const TERMINAL_MS = 500
const FILE_MS = 5_000

/** Shows progress on standard error until it is told to end. */
export function showProgress(
  tally: Tally,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
): { note(line: string): void; end(): void } {
  const isTerminal = stream.isTTY === true
  const draw = () => {
    const line = `${tally.accepted} records accepted in ${tally.batches} batches`
    stream.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`)
  }
  const timer = setInterval(draw, isTerminal ? TERMINAL_MS : FILE_MS)
  const clear = () => {
    if (isTerminal) stream.write('\r\x1b[K')
  }
  return {
    note(line) {
      clear()
      stream.write(`${line}\n`)
    },
    end() {
      clearInterval(timer)
      clear()
    },
  }
}

/** The last line of a replay. */
export function summary(tally: Tally, skippedLines: number, ms: number): string {
  const parts = [
    `${tally.accepted} of ${tally.records} records accepted in ${tally.batches} batches and ${(ms / 1000).toFixed(1)} s`,
    ...(tally.retries > 0 ? [`${tally.retries} retries`] : []),
    ...(tally.replays > 0 ? [`${tally.replays} batches had arrived before`] : []),
    ...(skippedLines > 0 ? [`${skippedLines} lines could not be read and were skipped`] : []),
  ]
  return `${parts.join('; ')}.`
}
