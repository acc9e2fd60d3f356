import type { MatcherOp } from '../../schema/domain/matcher.js'
import type { RegexNode } from './regex/node.js'

/** Which log records a query means: those whose labels meet all matchers, sent through the stages in order. */
export interface LogSelector {
  readonly matchers: readonly TextMatcher[]
  readonly stages: readonly Stage[]
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

/** A step of the pipeline after the selector. */
export type Stage = LineFilter | LabelFilterStage
