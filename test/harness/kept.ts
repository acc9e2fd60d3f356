import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('() => gc({ type: "minor" })') as () => void

/** Collects V8's young generation; what outlives two collections has grown old. */
function collectYoung(): void {
  collect()
  collect()
}

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0
}

/** Bytes of what a piece of work has made that grow old: what is kept of it, whoever keeps it. */
export async function keptOf(work: () => unknown): Promise<number> {
  collectYoung()
  const before = oldBytes()
  await work()
  collectYoung()
  return oldBytes() - before
}
