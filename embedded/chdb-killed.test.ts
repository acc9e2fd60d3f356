import { expect, onTestFinished, test } from 'vitest'
import { useProgram } from '../test/harness/program.js'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { openEmbeddedClickHouse } from './chdb.js'

const stores = useProgram('hold-stores')

test('a killed process loses no acknowledged row, and the next one opens what it left', async () => {
  const path = scratchFolder()
  const program = stores([path])
  onTestFinished(() => void program.process.kill('SIGKILL'))
  while ((await program.heard<{ kept: number }>('kept')).kept < 50);
  program.process.kill('SIGKILL')
  await program.ended
  const told = program.lines.flatMap(({ kept }) => (typeof kept === 'number' ? [kept] : []))

  const clickhouse = await openEmbeddedClickHouse({ path: `${path}/clickhouse` })
  const rows = await clickhouse.reader.query<{ n: number }>('SELECT n FROM kept', {}, { maxExecutionSeconds: 10 })
  await clickhouse.close()
  const there = new Set(rows.map(({ n }) => n))
  expect(told.filter((n) => !there.has(n))).toEqual([])
})
