import { expect, test } from 'vitest'
import { type CpuProfile, stageTimes } from './cpu-profile.js'
import { mainStage } from './stages.js'

const node = (id: number, functionName: string, url: string, ...children: number[]) => ({
  id,
  callFrame: { functionName, url },
  children,
})

/** Four samples of 1 ms each: signing, its library's work for the queue, idleness, and the collector. */
const profile: CpuProfile = {
  startTime: 1_000_000,
  nodes: [
    node(1, '(root)', '', 2, 5, 6),
    node(2, 'guard', 'file:///x/dist/ingest/edge/edge.js', 3, 4),
    node(3, 'signature', 'file:///x/dist/ingest/edge/guards/signature.js', 7),
    node(4, 'tryEnqueue', 'file:///x/dist/queue/postgres/intake.js', 8),
    node(5, '(idle)', ''),
    node(6, '(garbage collector)', ''),
    node(7, 'createHash', 'node:crypto'),
    node(8, 'query', 'file:///x/node_modules/pg/lib/client.js'),
  ],
  samples: [7, 8, 5, 6],
  timeDeltas: [1_000, 1_000, 1_000, 1_000],
}

test('a sample counts for the innermost stage that its stack names, and idleness for none', () => {
  expect([...stageTimes(profile, { from: 0, until: 2e6 }, mainStage)]).toEqual([
    ['signature', 1],
    ['enqueue', 1],
    ['garbage collection', 1],
  ])
})

test('what lies outside the window counts for nothing', () => {
  expect([...stageTimes(profile, { from: 1_001_500, until: 1_002_500 }, mainStage)]).toEqual([['enqueue', 1]])
})
