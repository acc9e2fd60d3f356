import { contents, names, processes } from './proc-files.js'

/** Processor time by the name of threads, and of the processes below, ms. Empty where the system has no /proc. */
export function threadTimes(pid: number): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  const add = (name: string, file: string) => {
    const stat = contents(file)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ms = (Number(fields[11]) + Number(fields[12])) * 10
    if (!Number.isNaN(ms)) times.set(name, (times.get(name) ?? 0) + ms)
  }
  for (const thread of names(`/proc/${pid}/task`)) {
    const own = contents(`/proc/${pid}/task/${thread}/comm`).trim()
    add(Number(thread) === pid ? 'main' : own, `/proc/${pid}/task/${thread}/stat`)
  }
  for (const process of processes()) {
    const title = contents(`/proc/${process}/cmdline`).replaceAll('\0', ' ').trim()
    if (title.includes('postgres') && isBelow(Number(process), pid))
      add(`postgres ${kindOf(title)}`, `/proc/${process}/stat`)
  }
  return times
}

/** `postgres: walwriter` → its kind; a backend's title ends with what it does. */
function kindOf(title: string): string {
  const background =
    /^postgres: (checkpointer|background writer|walwriter|autovacuum (?:launcher|worker)|io worker)/.exec(title)
  return background?.[1] ?? (title.startsWith('postgres: ') ? 'statements' : 'itself')
}

function isBelow(process: number, pid: number): boolean {
  for (let one = process; one > 1; ) {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(contents(`/proc/${one}/status`))?.[1])
    if (parent === pid) return true
    if (Number.isNaN(parent)) return false
    one = parent
  }
  return false
}
