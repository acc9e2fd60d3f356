import { type IdKind, idKind } from '../domain/ids.js'
import { Field, ID, InterfaceType } from './decorators.js'

/** The GraphQL type that an id of a kind names. */
const TYPE_NAMES: Partial<Record<IdKind, string>> = {
  org: 'Org',
  user: 'User',
  membership: 'Member',
  session: 'SessionInfo',
  apiToken: 'ApiToken',
  ingestKey: 'IngestKey',
  monitor: 'Monitor',
  channel: 'Channel',
  incident: 'Incident',
  alertInstance: 'AlertInstance',
  delivery: 'Delivery',
}

@InterfaceType({
  resolveType: (value: { readonly id: string }) => {
    const kind = idKind(value.id)
    return kind === null ? undefined : TYPE_NAMES[kind]
  },
})
export abstract class Node {
  @Field(() => ID)
  id!: string
}
