import { z } from 'zod'
import {
  DEFAULT_SCRUB_STRATEGIES,
  type ScrubPolicy as Policy,
  SCRUB_BOUNDS,
  SCRUB_KINDS,
  SCRUB_STRATEGIES,
  scrubPolicySchema,
} from '../../schema/domain/scrub.js'
import { Ctx, Mutation, Query, Resolver } from '../../schema/graphql/decorators.js'
import {
  ScrubPolicy,
  ScrubPolicyPayload,
  ScrubPolicySetInput,
  ScrubPreviewInput,
  ScrubPreviewPayload,
} from '../../schema/graphql/scrub.js'
import type { StoredScrubPolicy } from '../../schema/ports/control-plane.js'
import { Reads, Writes } from '../access.js'
import { type GatewayContext, signedIn } from '../context.js'
import { parseInput } from '../parse-input.js'
import { InputArg } from '../raw-arg.js'
import { conflict, fault } from '../user-fault.js'
import { updated } from '../write-monitor.js'

const strategy = z.enum(SCRUB_STRATEGIES)
const policyInput = z.strictObject({
  kinds: z
    .array(z.object({ kind: z.enum(SCRUB_KINDS), strategy }))
    .max(SCRUB_KINDS.length)
    .nullish(),
  fields: z
    .array(z.object({ field: z.string(), strategy }))
    .max(SCRUB_BOUNDS.fields)
    .nullish(),
  sensitiveNames: z.array(z.string()).nullish(),
})
const setSchema = z.strictObject({
  expectedVersion: z.number().int(),
  policy: policyInput,
  validateOnly: z.boolean().nullish(),
})
/** A log's own bounds are wider; who tries a policy does not need them. */
const PREVIEW = { text: 65_536, attributes: 200, value: 16_384 } as const
const previewSchema = z.strictObject({
  policy: policyInput.nullish(),
  text: z.string().max(PREVIEW.text).nullish(),
  attributes: z
    .array(z.object({ name: z.string().min(1).max(256), value: z.string().max(PREVIEW.value) }))
    .max(PREVIEW.attributes)
    .nullish(),
})

const NOTHING = { text: null, attributes: [], changed: false }

@Resolver()
export class ScrubPolicyResolver {
  @Query(() => ScrubPolicy, { description: 'How this org’s telemetry is scrubbed before it is stored.' })
  @Reads('org:read')
  async scrubPolicy(@Ctx() context: GatewayContext) {
    return shown(await signedIn(context).stores.settings.scrubPolicy())
  }

  @Query(() => ScrubPreviewPayload, {
    description:
      'What a policy makes of a text and attributes; nothing is stored. Hashes are those of stored telemetry, so it asks for the permission to change the policy.',
  })
  @Writes('org:write', NOTHING)
  async scrubPreview(@InputArg('input', () => ScrubPreviewInput) input: object, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const { policy, text, attributes } = parseInput(previewSchema, input, ['input'])
    const under = policy == null ? (await stores.settings.scrubPolicy()).policy : policyOf(policy, ['input', 'policy'])
    const scrubber = context.services.scrubberOf(stores.orgId, under)
    const clean = text == null ? null : scrubber.text(text, 'message')
    const scrubbed = (attributes ?? []).map(({ name, value }) => ({ name, value: String(scrubber.value(name, value)) }))
    const changed = clean !== (text ?? null) || scrubbed.some(({ value }, i) => value !== attributes?.[i]?.value)
    return { text: clean, attributes: scrubbed, changed, userErrors: [] }
  }

  @Mutation(() => ScrubPolicyPayload, {
    description: 'Holds for what is stored from then on, in every process within 30 s; what is stored stays as it is.',
  })
  @Writes('org:write')
  async scrubPolicySet(@InputArg('input', () => ScrubPolicySetInput) input: object, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const { clock, fanOut } = context.services
    const { expectedVersion, policy, validateOnly } = parseInput(setSchema, input, ['input'])
    const asked = policyOf(policy, ['input', 'policy'])
    if (validateOnly) {
      const { version } = await stores.settings.scrubPolicy()
      if (version !== expectedVersion) throw conflict(['input', 'expectedVersion'], expectedVersion, version)
      return { scrubPolicy: shown({ version, policy: asked, updatedAt: null }), userErrors: [] }
    }
    const outcome = await stores.settings.setScrubPolicy(expectedVersion, asked, clock.now())
    const stored = updated(outcome, ['input', 'expectedVersion'], expectedVersion)
    await fanOut.publish('storage-terms', stores.orgId)
    return { scrubPolicy: shown(stored), userErrors: [] }
  }
}

/** A policy as the domain has it. Throws `UserFault` for a kind or field that is named twice, or a name that is none. */
function policyOf(input: z.output<typeof policyInput>, path: readonly string[]): Policy {
  const kinds = once(input.kinds ?? [], ({ kind }) => kind, [...path, 'kinds'])
  const fields = once(input.fields ?? [], ({ field }) => field, [...path, 'fields'])
  return parseInput(scrubPolicySchema, { kinds, fields, sensitiveNames: input.sensitiveNames ?? [] }, path)
}

function once<Rule extends { readonly strategy: string }>(
  rules: readonly Rule[],
  nameOf: (rule: Rule) => string,
  path: readonly string[],
): Record<string, string> {
  const byName = new Map<string, string>()
  for (const [index, rule] of rules.entries()) {
    const name = nameOf(rule)
    // No object can hold it as a name like others.
    if (name === '__proto__')
      throw fault('INVALID', [...path, String(index)], 'Found the name "__proto__"; expected any other.')
    if (byName.has(name))
      throw fault('INVALID', [...path, String(index)], `Found "${name}" twice; expected each name once.`)
    byName.set(name, rule.strategy)
  }
  return Object.fromEntries(byName)
}

function shown({ version, policy, updatedAt }: StoredScrubPolicy) {
  return {
    version,
    kinds: SCRUB_KINDS.map((kind) => ({ kind, strategy: policy.kinds[kind] ?? DEFAULT_SCRUB_STRATEGIES[kind] })),
    fields: Object.entries(policy.fields).map(([field, of]) => ({ field, strategy: of })),
    sensitiveNames: policy.sensitiveNames,
    updatedAt,
  }
}
