import { Arg, Resolver, Root, Subscription } from '../../schema/graphql/decorators.js'
import { LogTailEvent } from '../../schema/graphql/log.js'
import { type GatewayContext, permitted } from '../context.js'
import type { TailEvent } from '../log-tail/waiting.js'
import { asUserFaults } from '../query-faults.js'

@Resolver()
export class LogTailResolver {
  @Subscription(() => LogTailEvent, {
    description:
      'Records that meet a log query, as they are stored. The first event says where the tail stands; a tail that was cut off goes on with the cursor of its last event, and shows none twice.',
    subscribe: ({ args, context }) => openTail(args as TailArguments, context as unknown as GatewayContext),
  })
  logTail(
    @Root() event: TailEvent,
    @Arg('query', () => String, { defaultValue: '{}' }) _query: string,
    @Arg('after', () => String, { nullable: true }) _after: string | null | undefined,
  ): LogTailEvent {
    return event
  }
}

interface TailArguments {
  readonly query: string
  readonly after?: string | null
}

async function openTail({ query, after }: TailArguments, context: GatewayContext) {
  const { stores } = permitted(context, 'logs:read')
  const tail = await asUserFaults('query', () =>
    context.services.tails.open(stores.orgId, query, after ?? null, context.signal),
  )
  const events: AsyncIterableIterator<TailEvent> = {
    next: () => asUserFaults('query', () => tail.next()),
    return: async () => (await tail.return?.()) ?? { done: true, value: undefined },
    [Symbol.asyncIterator]: () => events,
  }
  return events
}
