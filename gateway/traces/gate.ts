import { endedBy } from '../../schema/domain/query-bounds.js'

/** Runs work whose weight is at most the gate's capacity, once there is room for it. */
export type Gate = <Result>(weight: number, signal: AbortSignal, run: () => Promise<Result>) => Promise<Result>

/**
 * Lets work in as long as the weights of what runs stay within a capacity; the others wait in the order in which they
 * came. One that is heavier than the capacity runs alone. Whose signal aborts while waiting gets its reason.
 */
export function createGate(capacity: number): Gate {
  let running = 0
  const waiting: { readonly weight: number; readonly enter: () => void }[] = []
  const letIn = () => {
    for (let next = waiting[0]; next !== undefined && running + next.weight <= capacity; next = waiting[0]) {
      waiting.shift()
      running += next.weight
      next.enter()
    }
  }
  return async (asked, signal, run) => {
    const weight = Math.min(asked, capacity)
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(one), 1)
        reject(endedBy(signal))
        letIn()
      }
      const one = {
        weight,
        enter: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      if (signal.aborted) return reject(endedBy(signal))
      signal.addEventListener('abort', leave)
      waiting.push(one)
      letIn()
    })
    try {
      return await run()
    } finally {
      running -= weight
      letIn()
    }
  }
}
