import { parseArgs } from 'node:util'
import { type Benchmark, type BenchmarkOptions, meetsAim, table } from './harness.js'
import { ingest } from './ingest.js'
import { logs } from './logs.js'
import { metrics } from './metrics.js'
import { profile } from './profile.js'
import { promql } from './promql.js'
import { soak } from './soak.js'
import { traces } from './traces.js'

/*
 * npm run bench [-- NAME… --minutes N --load N]: runs all benchmarks but the long ones, or those named, and prints their
 * figures. Exits 1 when an aim is missed, 2 when a benchmark or an option is not known.
 */

const BENCHMARKS: readonly Benchmark[] = [ingest, logs, metrics, promql, profile, soak, traces]

const known = BENCHMARKS.map(({ name, about }) => `  ${name}: ${about}`).join('\n')
const HELP = `npm run bench [-- NAME…] runs all benchmarks but the long ones, or those named, and prints their figures:
${known}
--minutes N (3) is for how long a soak goes on, --load N (1) how many times its usual rate.`

async function main(): Promise<number> {
  const { values, positionals: wanted } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      minutes: { type: 'string', default: '3' },
      load: { type: 'string', default: '1' },
    },
  })
  if (values.help === true) {
    console.log(HELP)
    return 0
  }
  const options: BenchmarkOptions = { minutes: Number(values.minutes), load: Number(values.load) }
  if (!(options.minutes > 0 && options.load > 0)) throw new RangeError('--minutes and --load are numbers above 0.')
  const unknown = wanted.filter((name) => !BENCHMARKS.some((one) => one.name === name))
  if (unknown.length > 0) throw new RangeError(`There is no benchmark ${unknown.join(', ')}; there are\n${known}`)
  let status = 0
  for (const benchmark of BENCHMARKS) {
    if (wanted.length === 0 ? benchmark.onlyWhenNamed === true : !wanted.includes(benchmark.name)) continue
    console.log(`${benchmark.name}: ${benchmark.about}`)
    const figures = await benchmark.run((line) => console.error(`  … ${line}`), options)
    console.log(table(figures))
    if (figures.some((figure) => meetsAim(figure) === false)) status = 1
  }
  return status
}

main().then(
  (status) => {
    process.exitCode = status
  },
  (error: unknown) => {
    const isMistake =
      error instanceof RangeError ||
      (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    console.error(isMistake ? (error as Error).message : error)
    process.exitCode = isMistake ? 2 : 1
  },
)
