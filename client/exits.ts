/**
 * Sends what waits before the process ends: when it runs out of work, and on the signals that were named. The answer
 * stops listening.
 *
 * @param flush Sends what waits, and gives up what does not leave in time.
 * @param pending Whether anything waits.
 */
export function flushAtExit(
  flush: () => Promise<void>,
  pending: () => boolean,
  { onExit, signals }: { readonly onExit: boolean; readonly signals: readonly NodeJS.Signals[] },
): () => void {
  const beforeExit = () => {
    // The event comes again when the flush was the last work.
    if (pending()) void flush()
  }
  const onSignal = (signal: NodeJS.Signals) => {
    void flush().then(() => {
      process.off(signal, onSignal)
      // Our listening kept the signal from ending the process. With others at it the end is theirs to decide.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    })
  }
  if (onExit) process.on('beforeExit', beforeExit)
  for (const signal of signals) process.once(signal, onSignal)
  return () => {
    process.off('beforeExit', beforeExit)
    for (const signal of signals) process.off(signal, onSignal)
  }
}
