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
async function keptOf(work: () => Promise<unknown>): Promise<number> {
  collectYoung()
  const before = oldBytes()
  await work()
  collectYoung()
  return oldBytes() - before
}

/** Bytes of what is made that grow old: while it is held, and the most of five times that it is let go. */
export async function keptBytes(make: () => unknown): Promise<{ readonly held: number; readonly letGo: number }> {
  const all: unknown[] = []
  const held = await keptOf(async () => all.push(await make()))
  const kept: number[] = []
  for (let i = 0; i < 5; i++) kept.push(await keptOf(async () => void (await make())))
  return { held, letGo: Math.max(...kept) }
}
