import { expect, test } from 'vitest'
import type { ClaimedBatch } from '../../schema/ports.js'
import { quietLog } from '../../test/conformance/quiet-log.js'
import { FlushTooLargeError } from '../parse/index.js'
import { type FlushDeps, flushBatches } from './flush.js'

test('batches that make too many rows together are stored in flushes that hold them', async () => {
  const batches = Array.from({ length: 5 }, (_, i) => ({ batchId: `b${i}`, deliveries: 1 }) as ClaimedBatch)
  const flushed: string[][] = []
  const acknowledged: string[] = []
  const deps = {
    intake: { acknowledge: async (ids: readonly string[]) => void acknowledged.push(...ids) },
    flushes: {
      known: async () => [],
      open: async ({ batchIds }: { batchIds: readonly string[] }) => BigInt(flushed.push([...batchIds])),
      close: async () => true,
    },
    sink: {
      async prepare(of: readonly ClaimedBatch[]) {
        if (of.length > 2) throw new FlushTooLargeError('too large')
        return { lines: [], store: async () => undefined }
      },
      isStored: async () => false,
    },
    signal: 'logs',
    owner: 'test',
    leaseMs: 1_000,
    log: quietLog(),
    pause: async () => undefined,
    stored: () => undefined,
  }
  // The parts that a flush uses.
  await flushBatches(deps as unknown as FlushDeps, batches)
  expect(flushed).toEqual([['b0', 'b1'], ['b2'], ['b3', 'b4']])
  expect(acknowledged).toEqual(['b0', 'b1', 'b2', 'b3', 'b4'])
})
