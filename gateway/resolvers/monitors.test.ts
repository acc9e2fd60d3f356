import { describe, expect, it } from 'vitest'
import { useGateway } from '../../test/harness/gateway.js'

const gateway = useGateway()

const FIELDS = `id key version name description kind rule every for keepFiringFor missingData labels { name value }
  runbookUrl title body paused managedBy notify state health evaluatedUntil lastError createdAt updatedAt`
const ERRORS =
  'userErrors { __typename code path message ... on ConflictError { currentVersion } ... on QueryError { line column } }'
const CREATE = `mutation($input: MonitorCreateInput!) { monitorCreate(input: $input) { monitor { ${FIELDS} } ${ERRORS} } }`
const UPDATE = `mutation($input: MonitorUpdateInput!) { monitorUpdate(input: $input) { monitor { ${FIELDS} } ${ERRORS} } }`
const UPSERT = `mutation($input: MonitorUpsertInput!) { monitorUpsert(input: $input) { monitor { ${FIELDS} } ${ERRORS} } }`
const DELETE = `mutation($id: ID!) { monitorDelete(id: $id) { deletedId ${ERRORS} } }`
const GET = `query($id: ID, $key: String) { monitor(id: $id, key: $key) { ${FIELDS} } }`

const rule = (critical = 5) => ({
  threshold: {
    measure: { logs: { filter: '{service="api"} |= "timeout"', groupBy: ['region'] } },
    window: '5m',
    comparison: 'GT',
    critical,
  },
})
let count = 0
const monitor = (change: object = {}) => ({ key: `api-${++count}`, name: 'API', rule: rule(), ...change })

const create = async (input: object) => (await gateway.ask(CREATE, { input })).data.monitorCreate
const update = async (input: object) => (await gateway.ask(UPDATE, { input })).data.monitorUpdate
const upsert = async (input: object) => (await gateway.ask(UPSERT, { input })).data.monitorUpsert
const generationOf = async (id: string) => {
  const { rows } = await gateway.pool.query('SELECT generation FROM monitor WHERE id = $1', [id])
  return rows[0].generation
}

describe('monitorCreate', () => {
  it('keeps what was given and fills in what was not', async () => {
    const asked = monitor({ labels: [{ name: 'team', value: 'web' }], for: '90s', runbookUrl: 'https://example.com/r' })
    const made = await create({ monitor: asked })
    expect(made.userErrors).toEqual([])
    expect(made.monitor).toMatchObject({
      key: asked.key,
      version: 1,
      kind: 'threshold',
      rule: {
        threshold: {
          measure: { logs: { filter: '{service="api"} |= "timeout"', aggregate: 'COUNT', groupBy: ['region'] } },
          window: '5m',
          comparison: 'GT',
          critical: 5,
        },
      },
      every: '10s',
      for: '1m30s',
      keepFiringFor: '0s',
      missingData: 'KEEP_STATE',
      labels: [{ name: 'team', value: 'web' }],
      runbookUrl: 'https://example.com/r',
      paused: false,
      notify: null,
      state: 'NO_DATA',
      health: 'BACKFILLING',
      evaluatedUntil: null,
    })
    expect(Date.parse(made.monitor.createdAt)).toBe(gateway.clock.now())
    const { data } = await gateway.ask(GET, { key: asked.key })
    expect(data.monitor).toEqual(made.monitor)
  })

  it('tells others that monitors changed', async () => {
    const heard = new Promise<string>((resolve) => void gateway.fanOut.subscribe('monitor', resolve))
    await create({ monitor: monitor() })
    expect(await heard).toMatch(/^org_/)
  })

  it('writes nothing when it only validates', async () => {
    const asked = monitor()
    const made = await create({ monitor: asked, validateOnly: true })
    expect(made).toMatchObject({ monitor: { id: '', version: 0, key: asked.key }, userErrors: [] })
    expect((await gateway.ask(GET, { key: asked.key })).data.monitor).toBeNull()
  })

  it('refuses a key that is taken, validating too', async () => {
    const asked = monitor()
    await create({ monitor: asked })
    for (const validateOnly of [false, true])
      expect((await create({ monitor: asked, validateOnly })).userErrors).toMatchObject([
        { __typename: 'InputError', code: 'TAKEN', path: ['input', 'monitor', 'key'] },
      ])
  })

  it.each([
    [
      'a filter that does not parse',
      { rule: { threshold: { ...rule().threshold, measure: { logs: { filter: '{service=' } } } } },
      'QUERY_INVALID',
      ['input', 'monitor', 'rule', 'threshold', 'measure', 'logs', 'filter'],
    ],
    [
      'a PromQL expression that does not parse',
      { rule: { threshold: { measure: { metric: { promql: 'sum(' } }, comparison: 'GT', critical: 1 } } },
      'QUERY_INVALID',
      ['input', 'monitor', 'rule', 'threshold', 'measure', 'metric', 'promql'],
    ],
    [
      'a range vector, which has no one value',
      { rule: { threshold: { measure: { metric: { promql: 'up[5m]' } }, comparison: 'GT', critical: 1 } } },
      'QUERY_INVALID',
      ['input', 'monitor', 'rule', 'threshold', 'measure', 'metric', 'promql'],
    ],
    [
      'no level',
      { rule: { threshold: { ...rule().threshold, critical: null } } },
      'INVALID',
      ['input', 'monitor', 'rule', 'threshold', 'critical'],
    ],
    [
      'no window',
      { rule: { threshold: { ...rule().threshold, window: null } } },
      'INVALID',
      ['input', 'monitor', 'rule', 'threshold', 'window'],
    ],
    ['a duration that is none', { for: 'soon' }, 'INVALID', ['input', 'monitor', 'for']],
    ['a key with spaces', { key: 'No Key' }, 'INVALID', ['input', 'monitor', 'key']],
    [
      'a kind that is not evaluated',
      { rule: { composite: { expression: 'a && b' } } },
      'INVALID',
      ['input', 'monitor', 'rule', 'composite'],
    ],
    ['a title with a placeholder that is none', { title: 'at {{ $value }}' }, 'INVALID', ['input', 'monitor', 'title']],
    ['a body with an open placeholder', { body: 'at {{value' }, 'INVALID', ['input', 'monitor', 'body']],
    [
      'a ratio that is a percentage',
      {
        rule: {
          errorRatio: { bad: { logs: { filter: '{a="b"}' } }, total: { logs: {} }, window: '5m', critical: 5 },
        },
      },
      'INVALID',
      ['input', 'monitor', 'rule', 'errorRatio', 'critical'],
    ],
    ['a URL that is none', { runbookUrl: 'nowhere' }, 'INVALID', ['input', 'monitor', 'runbookUrl']],
    [
      'a label that stands twice',
      {
        labels: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
      },
      'INVALID',
      ['input', 'monitor', 'labels'],
    ],
    ['a channel that is not there', { notify: ['nowhere'] }, 'NOT_FOUND', ['input', 'monitor', 'notify', '0']],
  ])('refuses %s, and says where', async (_name, change, code, path) => {
    const made = await create({ monitor: monitor(change) })
    expect(made.monitor).toBeNull()
    expect(made.userErrors).toMatchObject([{ code, path }])
    if (code === 'QUERY_INVALID') expect(made.userErrors[0]).toMatchObject({ __typename: 'QueryError', line: 1 })
  })

  it('says every mistake at once', async () => {
    const made = await create({ monitor: monitor({ key: '?', name: '', every: '7s' }) })
    expect(made.userErrors.map((error: { path: string[] }) => error.path.at(-1))).toEqual(['key', 'name', 'every'])
  })

  it('refuses an input of two kinds before it is read', async () => {
    const answer = await gateway.ask(CREATE, { input: { monitor: monitor({ rule: { ...rule(), absence: {} } }) } })
    expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT'])
  })

  describe('with an idempotency key', () => {
    it('makes one monitor, however often and at once it is asked', async () => {
      const input = { monitor: monitor(), idempotencyKey: 'once' }
      const answers = await Promise.all([create(input), create(input), create(input)])
      answers.push(await create(input))
      expect(answers.flatMap((answer) => answer.userErrors)).toEqual([])
      expect(new Set(answers.map((answer) => answer.monitor.id)).size).toBe(1)
    })

    it('refuses the key with another request', async () => {
      await create({ monitor: monitor(), idempotencyKey: 'again' })
      const other = await create({ monitor: monitor(), idempotencyKey: 'again' })
      expect(other.userErrors).toMatchObject([{ code: 'TAKEN', path: ['input', 'idempotencyKey'] }])
    })

    it('forgets the key after a day', async () => {
      const first = await create({ monitor: monitor(), idempotencyKey: 'daily' })
      gateway.clock.advance(86_400_001)
      const second = await create({ monitor: monitor(), idempotencyKey: 'daily' })
      expect(second.monitor.id).not.toBe(first.monitor.id)
    })
  })
})

describe('monitorUpdate', () => {
  it('keeps what is omitted, clears what is null', async () => {
    const { monitor: made } = await create({ monitor: monitor({ description: 'old', for: '5m', title: 'T' }) })
    gateway.clock.advance(1_000)
    const patch = { name: 'New', description: null, for: null }
    const changed = await update({ id: made.id, expectedVersion: 1, monitor: patch })
    expect(changed.monitor).toMatchObject({
      version: 2,
      name: 'New',
      description: null,
      for: '0s',
      title: 'T',
      rule: made.rule,
    })
    expect(Date.parse(changed.monitor.updatedAt)).toBe(gateway.clock.now())
  })

  it('raises the generation with the rule or the labels, and with nothing else', async () => {
    const { monitor: made } = await create({ monitor: monitor() })
    const steps: [object, number][] = [
      [{ name: 'Other', paused: true, for: '1m' }, 1],
      [{ rule: rule() }, 1],
      [{ rule: rule(6) }, 2],
      [{ labels: [{ name: 'team', value: 'web' }] }, 3],
    ]
    for (const [index, [patch, generation]] of steps.entries()) {
      await update({ id: made.id, expectedVersion: index + 1, monitor: patch })
      expect(await generationOf(made.id)).toBe(generation)
    }
  })

  it('lets one of two writers win and tells the other the version', async () => {
    const { monitor: made } = await create({ monitor: monitor() })
    const write = (name: string) => update({ id: made.id, expectedVersion: 1, monitor: { name } })
    const answers = await Promise.all([write('a'), write('b')])
    const errors = answers.flatMap((answer) => answer.userErrors)
    expect(errors).toMatchObject([
      { __typename: 'ConflictError', code: 'CONFLICT', currentVersion: 2, path: ['input', 'expectedVersion'] },
    ])
  })

  it('writes nothing when it only validates', async () => {
    const { monitor: made } = await create({ monitor: monitor() })
    const seen = await update({ id: made.id, expectedVersion: 1, monitor: { name: 'Seen' }, validateOnly: true })
    expect(seen.monitor).toMatchObject({ id: made.id, version: 1, name: 'Seen' })
    expect((await gateway.ask(GET, { id: made.id })).data.monitor.name).toBe('API')
  })
})

describe('monitorUpsert', () => {
  it('makes, leaves alone and overwrites by key', async () => {
    const asked = monitor()
    const made = await upsert({ monitor: asked })
    expect(made.monitor.version).toBe(1)
    expect((await upsert({ monitor: asked })).monitor).toEqual(made.monitor)
    const changed = await upsert({ monitor: { ...asked, name: 'Changed' } })
    expect(changed.monitor).toMatchObject({ id: made.monitor.id, version: 2, name: 'Changed' })
  })

  it('refuses a version that is not the current one', async () => {
    const asked = monitor()
    expect((await upsert({ monitor: asked, expectedVersion: 3 })).userErrors).toMatchObject([
      { code: 'CONFLICT', currentVersion: 0 },
    ])
    await upsert({ monitor: asked, expectedVersion: 0 })
    expect((await upsert({ monitor: asked, expectedVersion: 2 })).userErrors).toMatchObject([
      { code: 'CONFLICT', currentVersion: 1 },
    ])
  })
})

it('deletes a monitor and frees its key', async () => {
  const asked = monitor()
  const { monitor: made } = await create({ monitor: asked })
  const remove = async () => (await gateway.ask(DELETE, { id: made.id })).data.monitorDelete
  expect(await remove()).toMatchObject({ deletedId: made.id, userErrors: [] })
  expect(await remove()).toMatchObject({ deletedId: null, userErrors: [{ code: 'NOT_FOUND', path: ['id'] }] })
  expect((await gateway.ask(GET, { id: made.id })).data.monitor).toBeNull()
  const again = await create({ monitor: asked })
  expect(again.monitor.id).not.toBe(made.id)
})
