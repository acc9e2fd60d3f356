import { Arg, Ctx, Mutation, Resolver } from '../../schema/graphql/decorators.js'
import { ErrorsPayload } from '../../schema/graphql/errors.js'
import { SessionCreateInput, SessionPayload } from '../../schema/graphql/who.js'
import { AnswersMistakes } from '../access.js'
import type { SignInInput } from '../auth/sessions.js'
import type { GatewayContext } from '../context.js'
import { InputArg } from '../raw-arg.js'
import { fault } from '../user-fault.js'

/** Signing in and out: the only operations for those who are not signed in. */
@Resolver()
export class SessionResolver {
  @Mutation(() => SessionPayload)
  @AnswersMistakes()
  async sessionCreate(
    @InputArg('input', () => SessionCreateInput) input: SignInInput & { readonly oneTimeCode?: string | null },
    @Ctx() { services, origin }: GatewayContext,
  ) {
    if (input.oneTimeCode != null)
      throw fault('INVALID', ['input', 'oneTimeCode'], 'No second factor is set up here; leave oneTimeCode out.')
    return { session: await services.sessions.signIn(input, origin), userErrors: [] }
  }

  @Mutation(() => SessionPayload, {
    description:
      'Takes a refresh token once and answers with the next; again within 10 s, for an answer that was lost. Later, a second use ends the session.',
  })
  @AnswersMistakes()
  async sessionRefresh(
    @Arg('refreshToken', () => String) refreshToken: string,
    @Ctx() { services, origin }: GatewayContext,
  ) {
    return { session: await services.sessions.refresh(refreshToken, origin), userErrors: [] }
  }

  @Mutation(() => ErrorsPayload, { description: 'Ends a session: its access tokens stop working at once.' })
  @AnswersMistakes()
  async sessionRevoke(@Arg('refreshToken', () => String) refreshToken: string, @Ctx() { services }: GatewayContext) {
    await services.sessions.revoke(refreshToken)
    return { userErrors: [] }
  }
}
