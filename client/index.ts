/**
 * Sends logs, metrics and spans to Tocsin, signed. For Node; what runs in browsers is `tocsin/client/browser`. Imports
 * nothing beside Node.
 */
export { type Client, type ClientStats, createClient } from './client.js'
export type { Credentials, Scheme } from './credentials.js'
export type { DropReason } from './deliver.js'
export type { Attributes, ClientSignal, LogItem, MetricItem, SpanItem, Time } from './items.js'
export type { ClientOptions, Drop } from './options.js'
export { type CanonicalRequest, signBody, signCanonical } from './sign.js'
export { signedAgent } from './signed-agent.js'
export { type FetchLike, signedFetch } from './signed-fetch.js'
