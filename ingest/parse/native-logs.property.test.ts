import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { InvalidBatchError } from './issues.js'
import { BATCH_LIMITS } from './limits.js'
import { readNativeLogs } from './native-logs.js'
import { readTimestamp } from './timestamp.js'

/** The form of a batch, as a schema says it. */
const time = z.custom((value) => readTimestamp(value) !== null).nullish()
const text = (limit: number) => z.string().max(limit).nullish()
const attributes = z.custom((value) => {
  if (value === undefined || value === null) return true
  if (typeof value !== 'object' || Array.isArray(value)) return false
  return attributesFit(value)
})
const reference = z.strictObject({
  logs: z
    .array(
      z.strictObject({
        timestamp: time,
        service: text(BATCH_LIMITS.serviceLength),
        level: text(BATCH_LIMITS.levelLength),
        message: z.string().max(BATCH_LIMITS.messageLength),
        traceId: text(BATCH_LIMITS.traceIdLength),
        spanId: text(BATCH_LIMITS.traceIdLength),
        attributes: attributes.optional(),
      }),
    )
    .min(1)
    .max(BATCH_LIMITS.logs),
  sentAt: time,
})

/** Bounds of attributes, said in the plainest way. */
function attributesFit(value: object): boolean {
  const leaves = leavesOf(value, [])
  return (
    leaves.length <= BATCH_LIMITS.attributes &&
    namesOf(value, '').every((name) => name !== null && name.length <= BATCH_LIMITS.attributeNameLength) &&
    depthOf(value) <= BATCH_LIMITS.attributeDepth + 1 &&
    leaves.every((leaf) => {
      if (typeof leaf === 'number') return Number.isFinite(leaf)
      const length = typeof leaf === 'string' ? leaf.length : Array.isArray(leaf) ? JSON.stringify(leaf).length : 0
      return length <= BATCH_LIMITS.attributeValueLength
    })
  )
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function leavesOf(value: object, into: unknown[]): unknown[] {
  for (const inner of Object.values(value)) isNested(inner) ? leavesOf(inner, into) : into.push(inner)
  return into
}

function namesOf(value: object, prefix: string): (string | null)[] {
  return Object.entries(value).flatMap(([name, inner]) => [
    name === '' ? null : prefix + name,
    ...(isNested(inner) ? namesOf(inner, `${prefix}${name}.`) : []),
  ])
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

const name = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('a', 'b', 'a.b', '__proto__', 'constructor') },
  { weight: 10, arbitrary: fc.string({ minLength: 1, maxLength: 60 }) },
  { weight: 1, arbitrary: fc.constantFrom('', 'n'.repeat(200)) },
)
const tree = fc.letrec<{ value: unknown; node: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    { weight: 8, arbitrary: fc.constantFrom(null, true, 1, -0, 'x') },
    { weight: 1, arbitrary: fc.constantFrom(Infinity, 'y'.repeat(BATCH_LIMITS.attributeValueLength + 1)) },
    { weight: 4, arbitrary: fc.string() },
    { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 3, arbitrary: tie('node') },
  ),
  node: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
})).node
const odd = fc.constantFrom(null, undefined, 1, true, [], {}, '', 'x'.repeat(400))
const field = (good: fc.Arbitrary<unknown>) => fc.oneof({ weight: 40, arbitrary: good }, { weight: 1, arbitrary: odd })
const log = fc.record(
  {
    message: field(fc.string()),
    timestamp: field(fc.constantFrom('2026-11-21T03:20:15Z', 1_795_231_369_462, 'never')),
    service: field(fc.string({ maxLength: 300 })),
    level: field(fc.constantFrom('info', 'ERROR', 'x'.repeat(64), 'x'.repeat(65))),
    traceId: field(fc.string()),
    spanId: field(fc.string()),
    attributes: field(tree),
    extra: fc.constant(1),
  },
  { requiredKeys: ['message'] },
)
const usualLog = log.map(({ extra: _, ...rest }) => rest)
const batch = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue() },
  {
    weight: 9,
    arbitrary: fc.record({
      logs: field(
        fc.array(
          fc.oneof({ weight: 20, arbitrary: usualLog }, { weight: 1, arbitrary: log }, { weight: 1, arbitrary: odd }),
          { maxLength: 3 },
        ),
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ logs: fc.array(usualLog), sentAt: odd }) },
)

test('the reader written by hand lets through what the schema lets through', () => {
  let passed = 0
  fc.assert(
    fc.property(batch, (body) => {
      const expected = reference.safeParse(body).success
      if (expected) passed++
      expect(isRead(body)).toBe(expected)
    }),
    { numRuns: 2_000 },
  )
  // The property would hold of two readers that refuse all; this one has seen both sides.
  expect(passed).toBeGreaterThan(100)
})

function isRead(body: unknown): boolean {
  try {
    readNativeLogs(body, null)
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidBatchError)
    return false
  }
}
