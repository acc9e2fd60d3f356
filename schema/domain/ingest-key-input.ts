import { z } from 'zod'
import { INGEST_KEY_SCHEMES } from './ingest-key.js'
import { isOriginPattern } from './origin.js'
import { SIGNALS, type Signal } from './signal.js'

const originSchema = z
  .string()
  .max(256)
  .refine(
    isOriginPattern,
    'expected an origin such as https://shop.example.com or https://*.example.com, without a path',
  )

/** An ingest key in the shape of the GraphQL input, defaults filled in. */
export const ingestKeyInputSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    scheme: z.enum(INGEST_KEY_SCHEMES),
    signals: z.array(z.enum(SIGNALS)).min(1, 'expected at least one signal').nullish(),
    allowedOrigins: z.array(originSchema).max(50).nullish(),
    idempotencyKey: z.string().min(1).max(255).nullish(),
  })
  .transform((input, context) => {
    const browser = input.scheme === 'BROWSER'
    const signals: readonly Signal[] = [...new Set(input.signals ?? (browser ? (['rum'] as const) : SIGNALS))]
    const allowedOrigins = [...new Set(input.allowedOrigins ?? [])]
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (browser && signals.some((signal) => signal !== 'rum'))
      refuse('signals', `a BROWSER key sends RUM alone; found ${signals.join(', ')}`)
    if (browser && allowedOrigins.length === 0)
      refuse('allowedOrigins', 'a BROWSER key is public, so it needs the origins that may use it')
    if (!browser && allowedOrigins.length > 0)
      refuse('allowedOrigins', `origins are for BROWSER keys; found scheme ${input.scheme}`)
    const { name, scheme } = input
    return { name, scheme, signals, allowedOrigins, idempotencyKey: input.idempotencyKey ?? null }
  })
