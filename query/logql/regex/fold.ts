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

/** Ranges with all that differs from them only in letter case. */
export function foldRanges(ranges: readonly CharRange[]): CharRange[] {
  orbits ??= buildOrbits()
  const extra = new Set<number>()
  const covered = (point: number) => ranges.some(({ low, high }) => low <= point && point <= high)
  for (const [point, orbit] of orbits) {
    if (covered(point)) for (const other of orbit) if (!covered(other)) extra.add(other)
  }
  return [...ranges, ...joined([...extra].sort((a, b) => a - b))]
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
