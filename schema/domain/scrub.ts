import { z } from 'zod'

/** What the scrubber looks for. `secret` is a value under a key such as password or token, whatever it looks like. */
export const SCRUB_KINDS = [
  'email',
  'card',
  'ssn',
  'phone',
  'iban',
  'ipv4',
  'ipv6',
  'api_key',
  'jwt',
  'secret',
] as const
export type ScrubKind = (typeof SCRUB_KINDS)[number]

/**
 * What becomes of a finding: `redact` leaves its kind (`[email]`), `mask` its last four characters, `hash` a keyed hash
 * (the same value gives the same token within an organisation), `keep` all of it.
 */
export const SCRUB_STRATEGIES = ['redact', 'mask', 'hash', 'keep'] as const
export type ScrubStrategy = (typeof SCRUB_STRATEGIES)[number]

const strategy = z.enum(SCRUB_STRATEGIES)

/** Names stand in a database's text, which has no NUL and no half of a character. */
const isName = (text: string) => !/\p{Cc}|\p{Cs}/u.test(text)
const NAME = { message: 'expected a name without control characters' }

/** A policy goes with every flush of its org, so it stays small. */
export const SCRUB_BOUNDS = { fields: 200, sensitiveNames: 100 } as const

/** How an organisation's telemetry is scrubbed before it is stored. */
export const scrubPolicySchema = z.strictObject({
  kinds: z
    .partialRecord(z.enum(SCRUB_KINDS), strategy)
    .default({})
    .describe('Strategy by kind; a kind left out has that of DEFAULT_SCRUB_STRATEGIES.'),
  fields: z
    .record(z.string().min(1).max(256).refine(isName, NAME), strategy)
    .refine((fields) => Object.keys(fields).length <= SCRUB_BOUNDS.fields, {
      message: `expected at most ${SCRUB_BOUNDS.fields} fields`,
    })
    .default({})
    .describe(
      'Strategy of a whole field by its dotted name, `message` for the text of a log; a name that ends in `.*` means all below. Goes before `kinds`.',
    ),
  sensitiveNames: z
    .array(z.string().min(2).max(64).refine(isName, NAME))
    .max(SCRUB_BOUNDS.sensitiveNames)
    .default([])
    .describe('Names whose values are secrets, beside the built-in ones; case, dashes and underscores do not count.'),
})
export type ScrubPolicy = Readonly<z.output<typeof scrubPolicySchema>>

/** Strategies where a policy says nothing. Addresses of machines stay: most logs are about machines. */
export const DEFAULT_SCRUB_STRATEGIES: Readonly<Record<ScrubKind, ScrubStrategy>> = {
  email: 'redact',
  card: 'redact',
  ssn: 'redact',
  phone: 'redact',
  iban: 'redact',
  ipv4: 'keep',
  ipv6: 'keep',
  api_key: 'redact',
  jwt: 'redact',
  secret: 'redact',
}

/** What is left of telemetry whose policy cannot be read: nothing that was found. */
export const STRICTEST_SCRUB_POLICY: ScrubPolicy = Object.freeze({
  kinds: Object.fromEntries(SCRUB_KINDS.map((kind) => [kind, 'redact'])),
  fields: {},
  sensitiveNames: [],
})

/** The policy of an organisation that has set none. */
export const DEFAULT_SCRUB_POLICY: ScrubPolicy = Object.freeze({ kinds: {}, fields: {}, sensitiveNames: [] })
