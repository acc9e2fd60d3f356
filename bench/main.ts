import { type Benchmark, meetsAim, table } from './harness.js'
import { ingest } from './ingest.js'
import { logs } from './logs.js'
import { metrics } from './metrics.js'
import { promql } from './promql.js'

/*
 * npm run bench [-- NAME…]: runs all benchmarks or those named, and prints their figures. Exits 1 when an aim is missed,
 * 2 when a benchmark is not known.
 */

const BENCHMARKS: readonly Benchmark[] = [ingest, logs, metrics, promql]

const wanted = process.argv.slice(2)
const isHelp = wanted.includes('--help') || wanted.includes('-h')
const unknown = wanted.filter((name) => !BENCHMARKS.some((one) => one.name === name))
const known = BENCHMARKS.map(({ name, about }) => `  ${name}: ${about}`).join('\n')
if (isHelp)
  console.log(`npm run bench [-- NAME…] runs all benchmarks, or those named, and prints their figures:\n${known}`)
else if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are\n${known}`)
  process.exitCode = 2
} else {
  for (const benchmark of BENCHMARKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    console.log(`${benchmark.name}: ${benchmark.about}`)
    const figures = await benchmark.run((line) => console.error(`  … ${line}`))
    console.log(table(figures))
    if (figures.some((figure) => meetsAim(figure) === false)) process.exitCode = 1
  }
}
