import { contents, processes } from './proc-files.js'

/** What a process and those below it use. NaN where the system has no /proc to tell. */
export interface ProcessUsage {
  /** Peak of the resident set of the process itself, as the kernel recorded it, MiB. */
  resident(): number
  /** Peak of the process and all below it, MiB; memory they share counts once. Sampled four times a second. */
  tree(): number
  /** Processor time of the process and all below it since they started, ms. */
  cpuMs(): number
  stop(): void
}

/** Watches a process from now on. */
export function watchUsage(pid: number): ProcessUsage {
  let resident = Number.NaN
  let tree = Number.NaN
  const sample = () => {
    resident = larger(resident, kibibytes(`/proc/${pid}/status`, 'VmHWM') / 1024)
    tree = larger(tree, sum(family(pid).map((one) => kibibytes(`/proc/${one}/smaps_rollup`, 'Pss') / 1024)))
  }
  const timer = setInterval(sample, 250)
  return {
    resident() {
      sample()
      return resident
    },
    tree: () => tree,
    cpuMs: () => sum(family(pid).map(cpuMs)),
    stop: () => clearInterval(timer),
  }
}

/** Of those that can be told; NaN when none can. */
function sum(values: readonly number[]): number {
  const told = values.filter((value) => !Number.isNaN(value))
  return told.length === 0 ? Number.NaN : told.reduce((all, value) => all + value, 0)
}

function larger(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a
}

/** A line `name: 123 kB` of a file of /proc. */
function kibibytes(file: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(contents(file))
  return Number(match?.[1])
}

/** Own time and that of children which have ended and were waited for; /proc counts in hundredths of a second. */
function cpuMs(pid: number): number {
  const fields = contents(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? []
  return sum([11, 12, 13, 14].map((field) => Number(fields[field]) * 10))
}

/** The process and all below it. */
function family(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of processes()) {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(contents(`/proc/${name}/status`))?.[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const from = (one: number): number[] => [one, ...(children.get(one) ?? []).flatMap(from)]
  return from(pid)
}
