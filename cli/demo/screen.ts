const COLOURS = {
  plain: '',
  dim: '\u001b[2m',
  good: '\u001b[32m',
  bad: '\u001b[31m',
  warn: '\u001b[33m',
  title: '\u001b[1m',
} as const
export type Tone = keyof typeof COLOURS

/** Lines with the time since the start; colours only where somebody can see them. */
export interface Screen {
  say(tone: Tone, text: string): void
  /** Replaces the last progress line on a terminal; elsewhere a line at most every five seconds. */
  progress(text: string): void
}

export function createScreen(output: NodeJS.WriteStream, now: () => number): Screen {
  const began = now()
  const colour = output.isTTY === true && typeof output.hasColors === 'function' && output.hasColors()
  let open = false
  let lastProgress = Number.NEGATIVE_INFINITY
  const stamp = () => `${((now() - began) / 1000).toFixed(1).padStart(6)} s  `
  const clear = () => {
    if (open) output.write('\r\u001b[2K')
    open = false
  }
  return {
    say(tone, text) {
      clear()
      output.write(
        colour && COLOURS[tone] !== '' ? `${stamp()}${COLOURS[tone]}${text}\u001b[0m\n` : `${stamp()}${text}\n`,
      )
    },
    progress(text) {
      if (output.isTTY === true) {
        clear()
        output.write(`${stamp()}${text}`.slice(0, (output.columns || 120) - 1))
        open = true
        return
      }
      if (now() - lastProgress < 5_000) return
      lastProgress = now()
      output.write(`${stamp()}${text}\n`)
    },
  }
}
