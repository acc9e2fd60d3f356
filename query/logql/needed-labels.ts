import type { RangeAggregation } from './metric.js'
import type { PipelineStage, Template } from './pipeline.js'
import type { LabelFilter } from './selector.js'

/**
 * The stored labels that a range aggregation looks at when only `kept` of its labels matter in the end; the rest need
 * not be read.
 */
export function neededLabels(
  { pipeline, unwrap }: Pick<RangeAggregation, 'pipeline' | 'unwrap'>,
  kept: readonly string[],
): string[] {
  const names = new Set(kept)
  for (const stage of pipeline.stages) for (const name of namesInStage(stage)) names.add(name)
  if (unwrap !== null) {
    names.add(unwrap.label)
    for (const filter of unwrap.filters) for (const name of namesInFilter(filter)) names.add(name)
  }
  // What a parser finds is named after whether a label of that name is stored.
  for (const name of [...names]) if (name.endsWith('_extracted')) names.add(name.slice(0, -'_extracted'.length))
  return [...names].sort()
}

function namesInStage(stage: PipelineStage): string[] {
  switch (stage.kind) {
    case 'labels':
      return namesInFilter(stage.filter)
    case 'lineFormat':
      return namesInTemplate(stage.template)
    case 'labelFormat':
      return stage.formats.flatMap(({ name, from }) => [
        name,
        ...(from.kind === 'rename' ? [from.label] : namesInTemplate(from.template)),
      ])
    case 'drop':
    case 'keep':
      return stage.choices.map((choice) => choice.name)
    default:
      return []
  }
}

function namesInFilter(filter: LabelFilter): string[] {
  return filter.kind === 'and' || filter.kind === 'or' ? filter.parts.flatMap(namesInFilter) : [filter.name]
}

const namesInTemplate = (template: Template): string[] =>
  template.flatMap((part) => (part.kind === 'label' ? [part.name] : []))
