import { contents, processes } from './proc-files.js'

/** What a process and those below it use. NaN where the system has no /proc to tell. */
export interface ProcessUsage {
  /** Peak of the resident set of the process itself, as the kernel recorded it, MiB. */
  resident(): number
  /** Peak of the process and all below it, MiB; memory they share counts once. Sampled each second. */
  tree(): number
  /** Processor time of the process and all below it since they started, ms. */
  cpuMs(): number
  stop(): void
}

/**
 * Watches a process from now on. Of what the kernel keeps count of: to have it look at every page (`smaps_rollup`) stopped
 * the sender, which is this process, for 25 to 70 ms each time, and doubled the 99 of 100.
 */
export function watchUsage(pid: number): ProcessUsage {
  let resident = Number.NaN
  let tree = Number.NaN
  const sample = () => {
    const statuses = family(pid)
    resident = larger(resident, kibibytes(statuses.get(pid) ?? '', 'VmHWM') / 1024)
    tree = larger(tree, together([...statuses.values()]))
  }
  const timer = setInterval(sample, 1_000)
  return {
    resident() {
      sample()
      return resident
    },
    tree() {
      sample()
      return tree
    },
    cpuMs: () => sum([...family(pid).keys()].map(cpuMs)),
    stop: () => clearInterval(timer),
  }
}

/** Memory of processes, MiB: their own, the largest share of what is for all, and the files of each program once. */
function together(statuses: readonly string[]): number {
  const of = (name: string) => statuses.map((status) => kibibytes(status, name)).filter((kib) => !Number.isNaN(kib))
  const files = new Map<string, number>()
  for (const status of statuses) {
    const program = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? ''
    files.set(program, Math.max(files.get(program) ?? 0, kibibytes(status, 'RssFile') || 0))
  }
  return (sum(of('RssAnon')) + Math.max(0, ...of('RssShmem')) + sum([...files.values()])) / 1024
}

/** Of those that can be told; NaN when none can. */
function sum(values: readonly number[]): number {
  const told = values.filter((value) => !Number.isNaN(value))
  return told.length === 0 ? Number.NaN : told.reduce((all, value) => all + value, 0)
}

function larger(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a
}

/** A line `name: 123 kB` of a process's status. */
function kibibytes(status: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)
  return Number(match?.[1])
}

/** Own time and that of children which have ended and were waited for; /proc counts in hundredths of a second. */
function cpuMs(pid: number): number {
  const fields = contents(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? []
  return sum([11, 12, 13, 14].map((field) => Number(fields[field]) * 10))
}

/** The status of the process and of all below it, by id. */
function family(pid: number): Map<number, string> {
  const statuses = new Map(processes().map((name) => [Number(name), contents(`/proc/${name}/status`)]))
  const children = new Map<number, number[]>()
  for (const [one, status] of statuses) {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1])
    children.set(parent, [...(children.get(parent) ?? []), one])
  }
  const from = (one: number): number[] => [one, ...(children.get(one) ?? []).flatMap(from)]
  return new Map(from(pid).map((one) => [one, statuses.get(one) ?? '']))
}
