import type { JsonStage, LogfmtStage, Stage, TextMatcher } from './selector.js'

/** The groups of a regular expression, printed for ClickHouse, by number; a group without a name is null. */
export interface GroupsStage {
  readonly kind: 'groups'
  readonly pattern: string
  readonly names: readonly (string | null)[]
}

/** Adds what it finds in the line to the labels: what is stored under the same name stays, the found is `name_extracted`. */
export type ParserStage = JsonStage | LogfmtStage | GroupsStage

/** Text with places for labels and the line, after `{{.name}}` and `{{__line__}}` of Go's templates. */
export type Template = readonly TemplatePart[]
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'label'; readonly name: string; readonly letters: 'as they are' | 'lower' | 'upper' }
  | { readonly kind: 'line' }

/** A new value of a label: a template, or another label, which is then gone. */
export interface LabelFormat {
  readonly name: string
  readonly from:
    | { readonly kind: 'rename'; readonly label: string }
    | { readonly kind: 'template'; readonly template: Template }
}

/** A label to drop or keep, whatever its value or only if it meets the matcher. */
export interface LabelChoice {
  readonly name: string
  readonly matcher: TextMatcher | null
}

export type FormatStage =
  | { readonly kind: 'lineFormat'; readonly template: Template }
  | { readonly kind: 'labelFormat'; readonly formats: readonly LabelFormat[] }
  | { readonly kind: 'drop' | 'keep'; readonly choices: readonly LabelChoice[] }

export type PipelineStage = Stage | ParserStage | FormatStage

/** A selector with any stages. */
export interface Pipeline {
  readonly matchers: readonly TextMatcher[]
  readonly stages: readonly PipelineStage[]
}
