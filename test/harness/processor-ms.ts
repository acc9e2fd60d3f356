/**
 * Processor time that this process uses while some work runs, ms: what the work takes, whatever else the machine does
 * meanwhile. Threads of the process count.
 */
export async function processorMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
