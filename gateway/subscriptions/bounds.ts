/** What subscriptions may use of this process. Published in docs/querying.md. */
export const SUBSCRIPTION_BOUNDS = {
  /** Open subscriptions of one WebSocket. */
  aConnection: 20,
  anOrg: 200,
  /** Connections of WebSockets, those that have not yet said who they are included. */
  connections: 2_000,
  /** How long a connection may take to say who it is, ms. */
  initMs: 5_000,
  /** Between two pings of an idle connection, ms; one that answers none until the next is closed. */
  pingMs: 15_000,
  /** How often a running subscription's credentials are looked at again, ms. */
  recheckMs: 15_000,
  /** Of one message of a client. */
  messageBytes: 1_048_576,
} as const
