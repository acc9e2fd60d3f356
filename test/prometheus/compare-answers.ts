import type { InstantResult, RangeResult } from '../../query/promql/index.js'

/** What a query came to: a result, or why there is none. */
export type Answer = InstantResult | RangeResult | { readonly error: string } | Points

/** Values by series and time, and for an instant in order. */
export interface Points {
  readonly points: ReadonlyMap<string, number>
  readonly order: readonly number[]
}

interface Item {
  readonly metric: Record<string, string>
  readonly value?: readonly [number, string]
  readonly values?: readonly (readonly [number, string])[]
}

interface Body {
  readonly error?: string
  readonly data?: { readonly resultType: string; readonly result: readonly Item[] | readonly [number, string] }
}

/** An answer of Prometheus's HTTP API. */
export function answerOf(body: unknown): Answer {
  const { error, data } = body as Body
  if (data === undefined) return { error: error ?? 'no data' }
  if (data.resultType === 'scalar') {
    const [time, value] = data.result as readonly [number, string]
    return { points: new Map([[`[] ${time}`, numberOf(value)]]), order: [] }
  }
  const items = data.result as readonly Item[]
  const all = items.flatMap(({ metric, value, values }) =>
    (values ?? (value === undefined ? [] : [value])).map(
      ([time, text]) => [`${key(metric)} ${time}`, numberOf(text)] as const,
    ),
  )
  return { points: new Map(all), order: all.map(([, value]) => value) }
}

function pointsOf(answer: Exclude<Answer, { error: string }>): Points {
  if ('points' in answer) return answer
  if (answer.kind === 'matrix') {
    const all = answer.series.flatMap(({ labels, timestamps, values }) =>
      [...timestamps].map((time, index) => [`${key(labels)} ${time / 1_000}`, values[index] ?? 0] as const),
    )
    return { points: new Map(all), order: [] }
  }
  const time = answer.timestamp / 1_000
  if (answer.kind === 'vector') {
    const all = answer.samples.map(({ labels, value }) => [`${key(labels)} ${time}`, value] as const)
    return { points: new Map(all), order: all.map(([, value]) => value) }
  }
  return { points: new Map([[`[] ${time}`, Number(answer.value)]]), order: [] }
}

/** How two answers differ beyond what versions of Prometheus do; null where they do not. */
export function differenceOf(query: string, ours: Answer, theirs: Answer): string | null {
  if ('error' in theirs) {
    // Version 3 drops names, and finds what falls together by it, at the end of a query.
    if ('error' in ours || /same labelset|ensure unique matches/.test(theirs.error)) return null
    return `they refuse it: ${theirs.error}`
  }
  if ('error' in ours) {
    // Version 3 refuses many to one also where a comparison leaves one.
    if (/multiple matches|same labelset/.test(ours.error) && /[<>=]/.test(query)) return null
    return `we refuse it: ${ours.error}`
  }
  const [mine, other] = [pointsOf(ours), pointsOf(theirs)]
  const missing = [...other.points.keys()].find((name) => !mine.points.has(name))
  if (missing !== undefined) return `${missing} is missing`
  const surplus = [...mine.points.keys()].find((name) => !other.points.has(name))
  if (surplus !== undefined) return `${surplus} is too much`
  for (const [name, value] of other.points) {
    const found = mine.points.get(name) ?? 0
    if (!alike(found, value)) return `${name} is ${found}, not ${value}`
  }
  const sorted = /^sort(?:_desc)?\(/.test(query) && mine.order.length > 1
  if (sorted && !other.order.every((value, index) => alike(mine.order[index] ?? 0, value)))
    return `the order is ${mine.order.join()}, not ${other.order.join()}`
  return null
}

/** Equal up to what rounding in another order of summands leaves. */
function alike(one: number, other: number): boolean {
  if (Object.is(one, other) || one === other) return true
  return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other))
}

function key(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}
