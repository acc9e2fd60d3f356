import { evaluateInstant, evaluateRange, type InstantResult, type RangeResult } from '../../query/promql/index.js'
import { QueryError } from '../../schema/domain/query-error.js'
import { checkMessages, checkRange, checkResult } from './check-result.js'
import { MemorySource } from './memory-source.js'
import { type Case, type Command, readScript } from './script.js'

/** How the cases of a script went. */
export interface ScriptReport {
  readonly passed: number
  /** Cases that need native histograms. */
  readonly skipped: number
  /** A line per failed case: where, the query and what was wrong. */
  readonly failures: readonly string[]
}

/** Runs every command of a script against the engine. */
export async function runScript(text: string): Promise<ScriptReport> {
  let source = new MemorySource()
  let passed = 0
  let skipped = 0
  const failures: string[] = []
  for (const command of readScript(text)) {
    if (command.kind === 'clear') source = new MemorySource()
    else if (command.kind === 'load') source.load(command.series, command.interval, command.withHistograms)
    else {
      const outcome = await runCase(command, source)
      if (outcome === 'passed') passed++
      else if (outcome === 'skipped') skipped++
      else failures.push(`line ${command.line}: ${command.query}: ${outcome.problem}`)
    }
  }
  return { passed, skipped, failures }
}

type Outcome = 'passed' | 'skipped' | { readonly problem: string }

async function runCase(command: Extract<Command, { kind: 'eval' }>, source: MemorySource): Promise<Outcome> {
  if (command.series.some(({ samples }) => samples.includes('histogram'))) return 'skipped'
  source.metHistograms = false
  const problem = await problemOf(command, source)
  if (source.metHistograms) return 'skipped'
  if (problem?.includes('native histograms')) return 'skipped'
  return problem === null ? 'passed' : { problem }
}

async function problemOf(command: Case, source: MemorySource): Promise<string | null> {
  const failure = command.expectations.find(({ type }) => type === 'fail')
  try {
    const result = await evaluate(command, source)
    if (failure !== undefined) return 'expected a failure, found a result'
    const problem = checkResult(command, result) ?? checkMessages(command, result)
    return problem ?? (await problemAsRange(command, source, result))
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    if (failure === undefined) return `failed: ${error.message}`
    const { message } = failure
    if (message === null) return null
    const found = typeof message === 'string' ? error.message.includes(message) : message.test(error.message)
    return found ? null : `expected the failure ${message}, found ${error.message}`
  }
}

function evaluate({ query, times }: Case, source: MemorySource): Promise<InstantResult | RangeResult> {
  if (times.kind === 'instant') return evaluateInstant(query, { source, at: times.at })
  return evaluateRange(query, { source, start: times.start, end: times.end, step: times.step })
}

const MINUTE = 60_000

/** An instant query must give the same as the middle step of a range query around it. */
async function problemAsRange(
  command: Case,
  source: MemorySource,
  result: InstantResult | RangeResult,
): Promise<string | null> {
  const { times, query } = command
  if (times.kind !== 'instant' || command.ordered) return null
  if (result.kind === 'string' || result.kind === 'matrix') return null
  // The ends of the query are part of these queries' meaning.
  if (/\b(?:start|end|step|range)\s*\(/i.test(query)) return null
  const range = { source, start: times.at - MINUTE, end: times.at + MINUTE, step: MINUTE }
  const problem = checkRange(command, await evaluateRange(query, range), times.at)
  return problem === null ? null : `as a range query: ${problem}`
}
