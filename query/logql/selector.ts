import type { MatcherOp } from '../../schema/domain/matcher.js'
import type { RegexNode } from '../regex/node.js'

/** Which log records a query means: those whose labels meet all matchers, sent through the stages in order. */
export interface LogSelector {
  readonly matchers: readonly TextMatcher[]
  readonly stages: readonly Stage[]
}

/** Which spans or browser events a query means: those whose labels meet all matchers and all filters. */
export interface EventSelector {
  readonly matchers: readonly TextMatcher[]
  readonly filters: readonly LabelFilter[]
}

/** A text or a regular expression, which is then also given parsed. */
export interface Term {
  readonly text: string
  readonly regex: RegexNode | null
}

/** A condition on a label; an absent label counts as the empty string. Regular expressions match the whole value. */
export interface TextMatcher extends Term {
  readonly kind: 'text'
  readonly name: string
  readonly op: MatcherOp
}

/** How a label that is read as a number compares. */
export type CompareOp = '==' | '!=' | '>' | '>=' | '<' | '<='

/** What a label's value is read as: a plain number, a duration such as `1m30s`, or bytes such as `10KiB`. */
export type Quantity = 'number' | 'duration' | 'bytes'

/** A condition on a label read as a quantity; a label that is absent or cannot be read does not meet it. */
export interface QuantityMatcher {
  readonly kind: 'quantity'
  readonly name: string
  readonly op: CompareOp
  readonly as: Quantity
  /** Plain, in nanoseconds or in bytes. */
  readonly value: number
}

export type LabelFilter =
  | TextMatcher
  | QuantityMatcher
  | { readonly kind: 'and'; readonly parts: readonly LabelFilter[] }
  | { readonly kind: 'or'; readonly parts: readonly LabelFilter[] }

/**
 * Keeps the lines that contain one of the terms (regular expressions: anywhere in the line), or with `negated` those
 * that contain none.
 */
export interface LineFilter {
  readonly kind: 'line'
  readonly negated: boolean
  readonly terms: readonly Term[]
}

export interface LabelFilterStage {
  readonly kind: 'labels'
  readonly filter: LabelFilter
}

/** Every property of a JSON object, nested names joined by `_`, or with `paths` only those. */
export interface JsonStage {
  readonly kind: 'json'
  readonly paths: readonly JsonField[] | null
}

export interface JsonField {
  readonly name: string
  /** Keys, and indexes from 0. */
  readonly path: readonly (string | number)[]
}

/** Every `key=value`, or with `fields` only those. */
export interface LogfmtStage {
  readonly kind: 'logfmt'
  readonly fields: readonly LogfmtField[] | null
}

export interface LogfmtField {
  readonly name: string
  readonly key: string
}

/** A step of a log query after the selector. None of them changes the line. */
export type Stage = LineFilter | LabelFilterStage | JsonStage | LogfmtStage
