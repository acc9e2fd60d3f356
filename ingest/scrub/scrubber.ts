import { createHmac } from 'node:crypto'
import {
  DEFAULT_SCRUB_POLICY,
  DEFAULT_SCRUB_STRATEGIES,
  SCRUB_KINDS,
  type ScrubKind,
  type ScrubPolicy,
  type ScrubStrategy,
} from '../../schema/domain/scrub.js'
import type { Finding } from './detector.js'
import { findAll, searchFor } from './find.js'
import { replacementOf } from './replacement.js'
import { sensitiveNames } from './sensitive-name.js'

/** Scrubs one organisation's telemetry. What is clean comes back as it is, the same object. */
export interface Scrubber {
  /** A text without a name, or the text of the field `field`. */
  text(text: string, field?: string): string
  /** A value under a name (dotted where it is nested): texts, numbers, and deep into arrays and objects. */
  value(name: string, value: unknown): unknown
}

/** Names of attributes come again and again; past this many, others are looked at each time. */
const KNOWN_NAMES = 2_000

/** How a name is treated: `null` as its content asks, a strategy as a whole. */
type NameRule = { readonly whole: ScrubStrategy; readonly kind: ScrubKind } | null

/**
 * A scrubber for an organisation. Pure: the same values and key give the same result, always.
 *
 * @param installationKey The secret that keyed hashes hang on; each organisation has a key of its own from it.
 */
export function createScrubber(
  orgId: string,
  installationKey: Uint8Array,
  policy: ScrubPolicy = DEFAULT_SCRUB_POLICY,
): Scrubber {
  const key = createHmac('sha256', installationKey).update(`scrub\n${orgId}`).digest()
  const strategies = { ...DEFAULT_SCRUB_STRATEGIES, ...policy.kinds }
  const kinds = new Set(SCRUB_KINDS.filter((kind) => strategies[kind] !== 'keep'))
  const { has, ends } = sensitiveNames(policy.sensitiveNames)
  const names = { has: remembered(has), ends }
  const search = searchFor(kinds, names)
  const rules = remembered((name) => ruleOf(name, policy, strategies, names.has))

  const replaced = (text: string, { kind, from, to }: Finding) => {
    const strategy = strategies[kind]
    const value = text.slice(from, to)
    return strategy === 'keep' ? value : replacementOf(kind, strategy, value, key)
  }

  const scrubText = (text: string): string => {
    const findings = findAll(text, search)
    if (findings === null) return text
    let clean = ''
    let at = 0
    for (const finding of findings) {
      clean += text.slice(at, finding.from) + replaced(text, finding)
      at = finding.to
    }
    return clean + text.slice(at)
  }

  const whole = (rule: NonNullable<NameRule>, value: string) => {
    if (rule.whole === 'keep' || value === '' || SCRUBBED.test(value)) return value
    return replacementOf(rule.kind, rule.whole, value, key)
  }

  const scrubValue = (name: string, value: unknown): unknown => {
    if (typeof value === 'string') {
      const rule = rules(name)
      return rule === null ? scrubText(value) : whole(rule, value)
    }
    if (typeof value === 'number') {
      const rule = rules(name)
      if (rule !== null) return rule.whole === 'keep' ? value : whole(rule, String(value))
      // No number below has the digits of a card.
      return value >= 1e12 && Number.isSafeInteger(value) ? numberOrText(value, scrubText(String(value))) : value
    }
    if (Array.isArray(value)) return changed(value, (one) => scrubValue(name, one))
    if (typeof value === 'object' && value !== null)
      return scrubObject(name, value as Readonly<Record<string, unknown>>)
    return value
  }

  /** A copy only where something in it changes. */
  const scrubObject = (prefix: string, object: Readonly<Record<string, unknown>>): unknown => {
    // A sensitive name covers all below it; `keep` too.
    const rule = rules(prefix)
    let copy: Record<string, unknown> | null = null
    for (const name in object) {
      const before = object[name]
      const after = rule === null ? scrubValue(`${prefix}.${name}`, before) : under(rule, before)
      if (after === before) continue
      copy ??= { ...object }
      Object.defineProperty(copy, name, { value: after, enumerable: true, configurable: true, writable: true })
    }
    return copy ?? object
  }

  const under = (rule: NonNullable<NameRule>, value: unknown): unknown => {
    if (typeof value === 'string') return whole(rule, value)
    if (typeof value === 'number') return rule.whole === 'keep' ? value : whole(rule, String(value))
    if (Array.isArray(value)) return changed(value, (one) => under(rule, one))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, under(rule, inner)]))
  }

  return {
    text(text, field) {
      const rule = field === undefined ? undefined : fieldStrategy(field, policy)
      return rule === undefined ? scrubText(text) : whole({ whole: rule, kind: 'secret' }, text)
    },
    value: scrubValue,
  }
}

/** What a scrub left of a whole value. */
const SCRUBBED = new RegExp(`^\\[(?:${SCRUB_KINDS.join('|')})(?::[^\\]]{1,20})?\\]$`)

function ruleOf(
  name: string,
  policy: ScrubPolicy,
  strategies: Readonly<Record<ScrubKind, ScrubStrategy>>,
  sensitive: (name: string) => boolean,
): NameRule {
  const own = fieldStrategy(name, policy)
  if (own !== undefined) return { whole: own, kind: 'secret' }
  return strategies.secret !== 'keep' && sensitive(name) ? { whole: strategies.secret, kind: 'secret' } : null
}

/** The strategy a policy gives a field by its name, or by the nearest `above.*`. */
function fieldStrategy(name: string, { fields }: ScrubPolicy): ScrubStrategy | undefined {
  if (Object.hasOwn(fields, name)) return fields[name]
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const above = `${name.slice(0, dot)}.*`
    if (Object.hasOwn(fields, above)) return fields[above]
  }
  return undefined
}

function numberOrText(value: number, text: string): number | string {
  return text === String(value) ? value : text
}

function changed(values: readonly unknown[], change: (value: unknown) => unknown): readonly unknown[] {
  const after = values.map(change)
  return after.some((one, i) => one !== values[i]) ? after : values
}

/** Remembers a function's answers for names, up to a bound. */
function remembered<Answer>(answer: (name: string) => Answer): (name: string) => Answer {
  const known = new Map<string, Answer>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const now = answer(name)
    if (known.size < KNOWN_NAMES) known.set(name, now)
    return now
  }
}
