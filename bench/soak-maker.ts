import { parentPort, workerData } from 'node:worker_threads'
import type { Bootstrap } from '../cli/bootstrap.js'
import type { ReadyRequest } from './send.js'
import { streams } from './soak-streams.js'

/** What the maker is given at its start. */
export interface MakerData {
  readonly bootstrap: Bootstrap
  readonly load: number
}

/** Which request is to be made: of which stream, its number, and the moment it tells, Unix ms. */
export interface MakeTask {
  readonly stream: number
  readonly number: number
  readonly now: number
}

/*
 * A worker thread that makes the soak's requests. While one is encoded, the thread that sends would see no answer
 * come, and would measure itself.
 */
const { bootstrap, load } = workerData as MakerData
const made = streams(bootstrap, load)
parentPort?.on('message', ({ stream, number, now }: MakeTask) => {
  const one = made[stream]
  if (one === undefined) throw new RangeError(`There are ${made.length} streams; asked for number ${stream}.`)
  const answer: ReadyRequest = one.make(number, now)
  parentPort?.postMessage(answer)
})
