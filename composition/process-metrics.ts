import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { MetricFamily } from '../schema/domain/exposition.js'

/** Memory, processor time and delay of this process. Holds a sampler of the event loop until it is closed. */
export function createProcessMetrics(): { families(): readonly MetricFamily[]; close(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const gauge = (name: string, help: string, value: number): MetricFamily => ({
    name: `tocsin_process_${name}`,
    type: 'gauge',
    help,
    samples: [{ value }],
  })
  return {
    families() {
      const { rss, heapUsed, external } = process.memoryUsage()
      const { user, system } = process.cpuUsage()
      const longest = delay.max / 1e9
      delay.reset()
      return [
        gauge('resident_memory_bytes', 'Resident memory.', rss),
        gauge('heap_used_bytes', 'Used memory of the JavaScript heap of the main thread.', heapUsed),
        gauge('external_memory_bytes', 'Memory of buffers outside the heap.', external),
        {
          name: 'tocsin_process_cpu_seconds_total',
          type: 'counter',
          help: 'Processor time used, all threads.',
          samples: [{ value: (user + system) / 1e6 }],
        },
        gauge('uptime_seconds', 'Since the start of the process.', process.uptime()),
        gauge('event_loop_delay_max_seconds', 'Longest delay of the event loop since this was last read.', longest),
      ]
    },
    close: () => delay.disable(),
  }
}
