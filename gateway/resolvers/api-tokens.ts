import { z } from 'zod'
import { durationSchema } from '../../schema/domain/duration.js'
import { newId } from '../../schema/domain/ids.js'
import { PERMISSIONS } from '../../schema/domain/permission.js'
import { Arg, Ctx, ID, Mutation, Resolver } from '../../schema/graphql/decorators.js'
import { DeletePayload } from '../../schema/graphql/errors.js'
import { ApiTokenCreateInput, ApiTokenCreatePayload } from '../../schema/graphql/who.js'
import { Writes } from '../access.js'
import { apiTokenText } from '../auth/api-token-text.js'
import { sha256 } from '../auth/authenticate.js'
import { type GatewayContext, signedIn } from '../context.js'
import { parseInput } from '../parse-input.js'
import { InputArg } from '../raw-arg.js'
import { fault, UserFault } from '../user-fault.js'

const MINUTE_MS = 60_000
const TEN_YEARS_MS = 3_650 * 86_400_000

const inputSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  scopes: z.array(z.enum(PERMISSIONS)).min(1, 'expected at least one scope'),
  expiresIn: durationSchema(MINUTE_MS, TEN_YEARS_MS).nullish(),
})

@Resolver()
export class ApiTokenResolver {
  @Mutation(() => ApiTokenCreatePayload)
  @Writes('apitoken:write')
  async apiTokenCreate(@InputArg('input', () => ApiTokenCreateInput) input: object, @Ctx() context: GatewayContext) {
    const { caller, stores } = signedIn(context)
    const { clock, random } = context.services
    const asked = parseInput(inputSchema, input, ['input'])
    const beyond = asked.scopes.flatMap((scope, index) =>
      caller.permissions.includes(scope) ? [] : [{ scope, index }],
    )
    if (beyond.length > 0)
      throw new UserFault(
        beyond.map(({ scope, index }) => ({
          code: 'FORBIDDEN',
          path: ['input', 'scopes', String(index)],
          message: `A token cannot have the scope ${scope}, which you do not have yourself.`,
        })),
      )
    const now = clock.now()
    const token = apiTokenText((length) => random.bytes(length))
    const apiToken = await stores.apiTokens.create({
      id: newId('apiToken', now, random.bytes(10)),
      userId: caller.user.id,
      name: asked.name,
      hash: sha256(token),
      scopes: [...new Set(asked.scopes)],
      createdAt: now,
      expiresAt: asked.expiresIn == null ? null : now + asked.expiresIn,
    })
    return { apiToken, token, userErrors: [] }
  }

  @Mutation(() => DeletePayload)
  @Writes('apitoken:write')
  async apiTokenRevoke(@Arg('id', () => ID) id: string, @Ctx() context: GatewayContext) {
    const revoked = await signedIn(context).stores.apiTokens.revoke(id, context.services.clock.now())
    if (!revoked) throw fault('NOT_FOUND', ['id'], 'No live API token has this id.')
    return { deletedId: id, userErrors: [] }
  }
}
