import { beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_SCRUB_STRATEGIES, SCRUB_KINDS } from '../../schema/domain/scrub.js'
import { addOrg, useGateway } from '../../test/harness/gateway.js'

const gateway = useGateway()
const POLICY = 'version updatedAt sensitiveNames kinds { kind strategy } fields { field strategy }'
const ERRORS = 'userErrors { code path message ... on ConflictError { currentVersion } }'

let other: { orgId: string; apiToken: string }
beforeAll(async () => {
  other = await addOrg(gateway, 'other')
})

const read = async (token?: string) => (await gateway.ask(`{ scrubPolicy { ${POLICY} } }`, {}, token)).data.scrubPolicy
const set = async (expectedVersion: number, policy: object, more: object = {}) => {
  const query = `mutation($i: ScrubPolicySetInput!) { scrubPolicySet(input: $i) { scrubPolicy { ${POLICY} } ${ERRORS} } }`
  return (await gateway.ask(query, { i: { expectedVersion, policy, ...more } })).data.scrubPolicySet
}
const preview = async (input: object, token?: string) => {
  const query = `query($i: ScrubPreviewInput!) { scrubPreview(input: $i) { text changed attributes { name value } ${ERRORS} } }`
  return (await gateway.ask(query, { i: input }, token)).data.scrubPreview
}

const RULES = {
  kinds: [{ kind: 'EMAIL', strategy: 'HASH' }],
  fields: [
    { field: 'user.*', strategy: 'MASK' },
    { field: 'constructor', strategy: 'KEEP' },
  ],
  sensitiveNames: ['internal-code'],
}

describe('a scrub policy', () => {
  it('is the default one until one is set, then what was set, for its org alone', async () => {
    expect(await read()).toEqual({
      ...{ version: 0, updatedAt: null, sensitiveNames: [], fields: [] },
      kinds: SCRUB_KINDS.map((kind) => ({
        kind: kind.toUpperCase(),
        strategy: DEFAULT_SCRUB_STRATEGIES[kind].toUpperCase(),
      })),
    })
    const heard: string[] = []
    const stop = await gateway.fanOut.subscribe('storage-terms', (orgId) => heard.push(orgId))
    const tried = await set(0, RULES, { validateOnly: true })
    expect([tried.userErrors, heard, (await read()).version]).toEqual([[], [], 0])
    const made = await set(0, RULES)
    await stop()
    expect(made.userErrors).toEqual([])
    expect(made.scrubPolicy).toMatchObject({ version: 1, fields: RULES.fields, sensitiveNames: RULES.sensitiveNames })
    expect(made.scrubPolicy.kinds).toContainEqual({ kind: 'EMAIL', strategy: 'HASH' })
    expect(made.scrubPolicy.kinds).toContainEqual({ kind: 'IPV4', strategy: 'KEEP' })
    expect(heard).toHaveLength(1)
    expect(await read()).toEqual(made.scrubPolicy)
    expect((await read(other.apiToken)).version).toBe(0)
  })

  it('is replaced as a whole, by whoever saw the last one', async () => {
    for (const stale of [0, 7])
      expect((await set(stale, {})).userErrors).toMatchObject([{ code: 'CONFLICT', currentVersion: 1 }])
    const cleared = await set(1, {})
    expect(cleared.scrubPolicy).toMatchObject({ version: 2, fields: [], sensitiveNames: [] })
    expect(cleared.scrubPolicy.kinds).toContainEqual({ kind: 'EMAIL', strategy: 'REDACT' })
  })

  const twice = { strategy: 'MASK', field: 'a' }
  it.each([
    ['a field named twice', { fields: [twice, { ...twice, strategy: 'HASH' }] }, ['fields', '1'], 'Found "a" twice'],
    [
      'a name that objects have of themselves',
      { fields: [{ field: '__proto__', strategy: 'MASK' }] },
      ['fields', '0'],
      '__proto__',
    ],
    ['a name that is none', { sensitiveNames: ['x'] }, ['sensitiveNames', '0'], 'expected at least 2 characters'],
    ['too many names', { sensitiveNames: Array(101).fill('abc') }, ['sensitiveNames'], 'at most 100 items'],
    [
      'too many fields',
      { fields: Array.from({ length: 201 }, (_, i) => ({ field: `f${i}`, strategy: 'KEEP' })) },
      ['fields'],
      'at most 200 items',
    ],
  ])('is refused with a sentence: %s', async (_what, policy, at, message) => {
    const { scrubPolicy, userErrors } = await set(2, policy)
    expect(scrubPolicy).toBeNull()
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'policy', ...at] }])
    expect(userErrors[0].message).toContain(message)
  })
})

describe('a preview', () => {
  it('shows what a policy makes of a text and attributes, and stores nothing', async () => {
    const input = {
      text: 'mail from ann@example.com',
      attributes: [
        { name: 'user.name', value: 'Ann Example' },
        { name: 'internal_code', value: '7' },
        { name: 'plan', value: 'gold' },
      ],
    }
    const shown = await preview({ ...input, policy: RULES })
    expect(shown).toMatchObject({
      changed: true,
      userErrors: [],
      attributes: [
        { name: 'user.name', value: '[secret:***mple]' },
        { name: 'internal_code', value: '[secret]' },
        { name: 'plan', value: 'gold' },
      ],
    })
    expect(shown.text).toMatch(/^mail from \[email:[0-9a-f]{16}\]$/)
    const now = await preview(input)
    expect(now).toMatchObject({ text: 'mail from [email]', attributes: input.attributes })
    expect((await read()).version).toBe(2)
    const hashed = await preview({ ...input, policy: RULES }, other.apiToken)
    expect(hashed.text).not.toBe(shown.text)
  })

  it('changes nothing where there is nothing to find', async () => {
    const attributes = [{ name: 'plan', value: 'gold' }]
    expect(await preview({ text: 'fine', attributes })).toMatchObject({ text: 'fine', attributes, changed: false })
    expect(await preview({})).toMatchObject({ text: null, attributes: [], changed: false })
  })

  it('is for those who may change the policy', async () => {
    const create = 'mutation($i: ApiTokenCreateInput!) { apiTokenCreate(input: $i) { token } }'
    const { token } = (await gateway.ask(create, { i: { name: 'r', scopes: ['org:read'] } })).data.apiTokenCreate
    expect((await read(token)).version).toBe(2)
    expect(await preview({ text: 'x' }, token)).toMatchObject({ text: null, userErrors: [{ code: 'FORBIDDEN' }] })
  })
})
