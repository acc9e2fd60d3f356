import { newId } from '../../schema/domain/ids.js'
import { ingestKeyInputSchema } from '../../schema/domain/ingest-key-input.js'
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from '../../schema/graphql/decorators.js'
import { DeletePayload } from '../../schema/graphql/errors.js'
import {
  IngestKeyConnection,
  IngestKeyCreateInput,
  IngestKeyCreatePayload,
  IngestKeyRotatePayload,
} from '../../schema/graphql/ingest-key.js'
import { Reads, Writes } from '../access.js'
import { ingestKeyText } from '../auth/api-token-text.js'
import { countedConnectionOf, pageRequest, readList } from '../connection.js'
import { type GatewayContext, signedIn } from '../context.js'
import { createdOrReplayed, idempotencyOf } from '../idempotency.js'
import { parseInput } from '../parse-input.js'
import { InputArg } from '../raw-arg.js'
import { fault } from '../user-fault.js'

/** How long the previous secret of a rotated key goes on working, ms. */
const ROTATION_MS = 24 * 3_600_000

@Resolver()
export class IngestKeyResolver {
  @Query(() => IngestKeyConnection)
  @Reads('ingestkey:read')
  async ingestKeys(
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GatewayContext,
  ) {
    const { stores } = signedIn(context)
    const request = pageRequest(first, after)
    return countedConnectionOf(await readList(() => stores.ingestKeys.list(request)), request, (key) => key)
  }

  @Mutation(() => IngestKeyCreatePayload)
  @Writes('ingestkey:write')
  async ingestKeyCreate(@InputArg('input', () => IngestKeyCreateInput) input: object, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const { clock, random } = context.services
    const { idempotencyKey, ...asked } = parseInput(ingestKeyInputSchema, input, ['input'])
    const now = clock.now()
    const secret = asked.scheme === 'BROWSER' ? null : newSecret(context)
    const key = ingestKeyText((length) => random.bytes(length))
    const made = await stores.ingestKeys.create(
      { ...asked, id: newId('ingestKey', now, random.bytes(10)), key, createdAt: now },
      secret,
      idempotencyOf(idempotencyKey, asked),
    )
    const { value, replayed } = createdOrReplayed(made, ['input', 'name'], asked.name)
    // Whoever looked for it before it was there has remembered that it was not.
    await context.services.fanOut.publish('ingest-key', value.key)
    return { ingestKey: value, secret: replayed ? null : secret, userErrors: [] }
  }

  @Mutation(() => IngestKeyRotatePayload)
  @Writes('ingestkey:write')
  async ingestKeyRotate(@Arg('id', () => ID) id: string, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const now = context.services.clock.now()
    const secret = newSecret(context)
    const rotated = await stores.ingestKeys.rotate(id, secret, now, now + ROTATION_MS)
    if (rotated === null) throw fault('NOT_FOUND', ['id'], 'No live ingest key with a secret has this id.')
    await context.services.fanOut.publish('ingest-key', rotated.key)
    return { ingestKey: rotated, secret, previousSecretExpiresAt: now + ROTATION_MS, userErrors: [] }
  }

  @Mutation(() => DeletePayload)
  @Writes('ingestkey:write')
  async ingestKeyRevoke(@Arg('id', () => ID) id: string, @Ctx() context: GatewayContext) {
    const { stores } = signedIn(context)
    const revoked = await stores.ingestKeys.revoke(id, context.services.clock.now())
    if (revoked === null) throw fault('NOT_FOUND', ['id'], 'No live ingest key has this id.')
    await context.services.fanOut.publish('ingest-key', revoked.key)
    return { deletedId: id, userErrors: [] }
  }
}

/** 32 random bytes as text. Signatures take the UTF-8 bytes of this very text as their key. */
function newSecret(context: GatewayContext): string {
  return Buffer.from(context.services.random.bytes(32)).toString('base64url')
}
