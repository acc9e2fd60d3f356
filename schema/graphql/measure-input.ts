import type { Aggregate } from '../domain/measure.js'
import { Field, InputType } from './decorators.js'
import { AggregateEnum } from './enums.js'

@InputType()
export class EventMeasureInput {
  @Field(() => String, { defaultValue: '{}' })
  filter!: string
  @Field(() => AggregateEnum, { defaultValue: AggregateEnum.COUNT })
  aggregate!: Aggregate
  @Field(() => String, { nullable: true })
  field?: string | null
  @Field(() => [String], { nullable: true })
  groupBy?: string[] | null
}

@InputType()
export class MetricMeasureInput {
  @Field(() => String)
  promql!: string
}

@InputType()
export class CounterMeasureInput {
  @Field(() => String)
  selector!: string
  @Field(() => [String], { nullable: true })
  groupBy?: string[] | null
}

@InputType({
  description:
    '`filter` is a selector with line filters for logs ({service="api"} |= "timeout") and a selector for spans and RUM ({service="api", status="error"}); `metric.promql` is any PromQL instant expression, judged where it stands; `counter` is the reset-corrected increase of a counter, which adds up over time and so serves SLOs.',
})
export class MeasureInput {
  @Field(() => EventMeasureInput, { nullable: true })
  logs?: EventMeasureInput
  @Field(() => EventMeasureInput, { nullable: true })
  spans?: EventMeasureInput
  @Field(() => EventMeasureInput, { nullable: true })
  rum?: EventMeasureInput
  @Field(() => MetricMeasureInput, { nullable: true })
  metric?: MetricMeasureInput
  @Field(() => CounterMeasureInput, { nullable: true })
  counter?: CounterMeasureInput
}
