import { readdirSync, readFileSync } from 'node:fs'

/** Peaks of memory of a process, in MiB. NaN where the system has no /proc to tell. */
export interface MemoryPeaks {
  /** Resident set of the process itself, as the kernel recorded its peak. */
  resident(): number
  /** The process and all below it; memory they share counts once. Sampled four times a second. */
  tree(): number
  stop(): void
}

/** Watches a process from now on. */
export function watchMemory(pid: number): MemoryPeaks {
  let resident = Number.NaN
  let tree = Number.NaN
  const sample = () => {
    resident = larger(resident, kibibytes(`/proc/${pid}/status`, 'VmHWM') / 1024)
    const all = [pid, ...descendants(pid)].map((one) => kibibytes(`/proc/${one}/smaps_rollup`, 'Pss') / 1024)
    tree = larger(
      tree,
      all.reduce((sum, one) => sum + (Number.isNaN(one) ? 0 : one), 0),
    )
  }
  const timer = setInterval(sample, 250)
  return {
    resident() {
      sample()
      return resident
    },
    tree: () => tree,
    stop: () => clearInterval(timer),
  }
}

function larger(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a
}

/** A line `name: 123 kB` of a file of /proc; NaN when the process is gone or there is no /proc. */
function kibibytes(file: string, name: string): number {
  try {
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1])
  } catch (error) {
    if (error instanceof Error) return Number.NaN
    throw error
  }
}

function descendants(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of processes()) {
    const parent = parentOf(name)
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const below = (one: number): number[] => (children.get(one) ?? []).flatMap((child) => [child, ...below(child)])
  return below(pid)
}

function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch (error) {
    if (error instanceof Error) return []
    throw error
  }
}

function parentOf(pid: string): number | null {
  try {
    const match = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match === null ? null : Number(match[1])
  } catch (error) {
    // It ended between the listing and here.
    if (error instanceof Error) return null
    throw error
  }
}
