import type { CharRange } from './node.js'

/** U+0130 and U+0131 fold in Turkish alone, which neither RE2 nor simple case folding follows. */
const TURKISH = new Set([0x130, 0x131])
const LAST_CASED = 0x1e943

let orbits: Map<number, readonly number[]> | null = null

/** All code points that are the same letter when case is ignored, the point itself among them. */
export function foldOrbit(point: number): readonly number[] {
  orbits ??= buildOrbits()
  return orbits.get(point) ?? [point]
}

/** Few points are looked up one by one; past this the whole table of orbits is walked. */
const FEW = 200

/** Ranges with all that differs from them only in letter case. */
export function foldRanges(ranges: readonly CharRange[]): CharRange[] {
  const covered = (point: number) => ranges.some(({ low, high }) => low <= point && point <= high)
  const extra = new Set<number>()
  for (const point of casedPoints(ranges)) for (const other of foldOrbit(point)) if (!covered(other)) extra.add(other)
  return [...ranges, ...joined([...extra].sort((a, b) => a - b))]
}

/** The points of the ranges that can have a case, at least. */
function casedPoints(ranges: readonly CharRange[]): number[] {
  const count = ranges.reduce((sum, { low, high }) => sum + high - low + 1, 0)
  if (count <= FEW)
    return ranges.flatMap(({ low, high }) => Array.from({ length: high - low + 1 }, (_, at) => low + at))
  orbits ??= buildOrbits()
  return [...orbits.keys()].filter((point) => ranges.some(({ low, high }) => low <= point && point <= high))
}

function joined(points: readonly number[]): CharRange[] {
  const out: { low: number; high: number }[] = []
  for (const point of points) {
    const last = out.at(-1)
    if (last !== undefined && last.high === point - 1) last.high = point
    else out.push({ low: point, high: point })
  }
  return out
}

function buildOrbits(): Map<number, readonly number[]> {
  const groups = new Map<number, Set<number>>()
  for (let point = 0; point <= LAST_CASED; point++) {
    if (isUncasedBlock(point) || TURKISH.has(point)) continue
    const char = String.fromCodePoint(point)
    for (const other of [char.toLowerCase(), char.toUpperCase()]) {
      const mapped = other.codePointAt(0) ?? point
      if (mapped === point || String.fromCodePoint(mapped) !== other) continue
      const group = new Set([...(groups.get(point) ?? [point]), ...(groups.get(mapped) ?? [mapped])])
      for (const member of group) groups.set(member, group)
    }
  }
  return new Map([...groups].map(([point, group]) => [point, [...group].sort((a, b) => a - b)]))
}

/** Han, Hangul and the surrogates have no case; skipping them makes the table five times quicker to build. */
function isUncasedBlock(point: number): boolean {
  return (point >= 0x3000 && point < 0xa640) || (point >= 0xac00 && point < 0xfb00)
}
