/** The part of V8's `.cpuprofile` that is read here. Times are µs of the system's monotonic clock. */
export interface CpuProfile {
  readonly startTime: number
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Names the stage that a stack is in, by its frames from the innermost out; null for idleness. */
export type StageOf = (stack: readonly Frame[]) => string | null

export interface Frame {
  readonly functionName: string
  readonly url: string
}

/** How long a thread was in each stage between two moments, ms. */
export function stageTimes(
  profile: CpuProfile,
  window: { readonly from: number; readonly until: number },
  stageOf: StageOf,
): ReadonlyMap<string, number> {
  const stages = stagesById(profile, stageOf)
  const times = new Map<string, number>()
  let at = profile.startTime
  for (const [i, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[i] ?? 0
    at += delta
    const stage = stages.get(id) ?? null
    if (at < window.from || at > window.until || stage === null) continue
    times.set(stage, (times.get(stage) ?? 0) + delta / 1_000)
  }
  return times
}

function stagesById({ nodes }: CpuProfile, stageOf: StageOf): ReadonlyMap<number, string | null> {
  const parents = new Map<number, number>()
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id)
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const stages = new Map<number, string | null>()
  for (const { id } of nodes) {
    const stack: Frame[] = []
    for (let one: number | undefined = id; one !== undefined; one = parents.get(one)) {
      const frame = frames.get(one)
      if (frame !== undefined) stack.push(frame)
    }
    stages.set(id, stageOf(stack))
  }
  return stages
}
