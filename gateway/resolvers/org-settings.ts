import { z } from 'zod'
import type { Org as OrgFacts } from '../../schema/domain/identity.js'
import { beyondMaximum, limitsOf, RETENTION_FIELDS, retentionInputSchema } from '../../schema/domain/org-limits.js'
import type { RetentionDays } from '../../schema/domain/retention.js'
import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from '../../schema/graphql/decorators.js'
import {
  OrgConnection,
  OrgLimits,
  OrgLimitsSetInput,
  OrgPayload,
  OrgUpdateInput,
} from '../../schema/graphql/org-settings.js'
import { Org } from '../../schema/graphql/who.js'
import { Writes } from '../access.js'
import { isOperator } from '../auth/caller.js'
import { countedConnectionOf, pageRequest, readList } from '../connection.js'
import { type GatewayContext, permitted, signedIn } from '../context.js'
import { parseInput } from '../parse-input.js'
import { InputArg } from '../raw-arg.js'
import { badInput, fault, operatorOnly } from '../user-fault.js'
import { updated } from '../write-monitor.js'

const updateSchema = z.strictObject({
  expectedVersion: z.number().int(),
  name: z.string().trim().min(1).max(200).nullish(),
  retentionDays: retentionInputSchema.nullish(),
})

const count = z.number().int().min(1).max(2_147_483_647)
const bytes = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, { message: 'expected a whole number of bytes from 1 to 9007199254740991' })
  .transform(Number)
  .refine(Number.isSafeInteger, { message: 'expected at most 9007199254740991' })

const limitsSchema = z.strictObject({
  orgId: z.string(),
  ingestRequestsPerMinute: count.nullable().optional(),
  ingestBytesPerDay: bytes.nullable().optional(),
  monitors: count.nullable().optional(),
  maximumRetentionDays: retentionInputSchema.nullish(),
})

/** Limits and retention of orgs. */
@Resolver(() => Org)
export class OrgSettingsResolver {
  @FieldResolver(() => OrgLimits)
  async limits(@Root() org: OrgFacts, @Ctx() context: GatewayContext): Promise<OrgLimits> {
    const { caller } = permitted(context, 'org:read')
    if (caller.org.id !== org.id && !isOperator(caller))
      throw badInput(`This session is signed in to ${caller.org.slug}; sign in to ${org.slug} to look into it.`)
    const { controlPlane, standards } = context.services
    const set = await controlPlane.forOrg(org.id).settings.limits()
    if (set === null) throw badInput(`The organisation ${org.slug} is no longer there.`)
    const limits = limitsOf(set, standards)
    return {
      ingestRequestsPerMinute: limits.requestsPerMinute,
      ingestBytesPerDay: limits.bytesPerDay,
      monitors: limits.monitors,
      retentionDays: shownDays(limits.retention),
      maximumRetentionDays: shownDays(limits.maximumRetention),
    }
  }

  @Query(() => OrgConnection, { description: 'Every org, by age. For the installation’s operator.' })
  async orgs(
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    if (!isOperator(permitted(context, 'org:read').caller)) throw operatorOnly()
    const request = pageRequest(first, after)
    const page = await readList(() => context.services.controlPlane.orgs(request))
    return countedConnectionOf(page, request, (org) => org)
  }

  @Mutation(() => OrgPayload, {
    description:
      'Name and retention. What is stored already keeps the days it was stored with; metrics follow within the hour.',
  })
  @Writes('org:write')
  async orgUpdate(@InputArg('input', () => OrgUpdateInput) input: object, @Ctx() context: GatewayContext) {
    const { settings, orgId } = signedIn(context).stores
    const { standards, fanOut } = context.services
    const { expectedVersion, name, retentionDays } = parseInput(updateSchema, input, ['input'])
    const set = await settings.limits()
    if (set === null) throw fault('NOT_FOUND', [], 'The organisation is no longer there.')
    const beyond = beyondMaximum(retentionDays ?? {}, limitsOf(set, standards).maximumRetention)
    if (beyond !== null)
      throw fault(
        'LIMIT_EXCEEDED',
        ['input', 'retentionDays', RETENTION_FIELDS[beyond.kind]],
        `Found ${beyond.asked} days; expected at most ${beyond.most}, which is what the operator lets this organisation keep.`,
      )
    const outcome = await settings.update(expectedVersion, {
      ...(name == null ? {} : { name }),
      ...(retentionDays == null ? {} : { retention: retentionDays }),
    })
    const org = updated(outcome, ['input', 'expectedVersion'], expectedVersion)
    if (retentionDays != null) await fanOut.publish('storage-terms', orgId)
    return { org, userErrors: [] }
  }

  @Mutation(() => OrgPayload, { description: 'For the installation’s operator. Known everywhere within 30 s.' })
  @Writes('org:write')
  async orgLimitsSet(@InputArg('input', () => OrgLimitsSetInput) input: object, @Ctx() context: GatewayContext) {
    if (!isOperator(signedIn(context).caller)) throw fault('FORBIDDEN', [], operatorOnly().message)
    const { controlPlane, fanOut } = context.services
    const { orgId, ingestRequestsPerMinute, ingestBytesPerDay, monitors, maximumRetentionDays } = parseInput(
      limitsSchema,
      input,
      ['input'],
    )
    const org = await controlPlane.forOrg(orgId).settings.setLimits({
      ...(ingestRequestsPerMinute === undefined ? {} : { requestsPerMinute: ingestRequestsPerMinute }),
      ...(ingestBytesPerDay === undefined ? {} : { bytesPerDay: ingestBytesPerDay }),
      ...(monitors === undefined ? {} : { monitors }),
      ...(maximumRetentionDays == null ? {} : { mostRetention: maximumRetentionDays }),
    })
    if (org === null) throw fault('NOT_FOUND', ['input', 'orgId'], 'No organisation has this id.')
    await fanOut.publish('storage-terms', orgId)
    return { org, userErrors: [] }
  }
}

function shownDays({ samples, ...days }: RetentionDays) {
  return { ...days, metrics: samples }
}
