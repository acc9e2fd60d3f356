import { describe, expect, it } from 'vitest'
import { QueryError } from '../../schema/domain/query-error.js'
import { parseLogMetric } from './index.js'

/** A wrong metric query, where it is wrong, and words its message must hold. */
const WRONG: readonly (readonly [query: string, place: string, words: readonly string[]])[] = [
  ['{service="api"}', '1:1', ['a log query', 'expected a metric query']],
  ['rate({service="api"})', '1:21', ['found ")"', 'a range in brackets']],
  ['rate({service="api"}[5])', '1:22', ['found "5"', 'a range in brackets']],
  ['rate({service="api"}[0s])', '1:22', ['found 0s', 'a duration such as 5m']],
  ['rate_counter({a="b"} | unwrap x [5m])', '1:1', ['rate_counter is not supported', 'count_over_time']],
  ['sum_over_time({a="b"}[5m])', '1:1', ['sum_over_time of lines', '| unwrap']],
  ['count_over_time({a="b"} | unwrap x [5m])', '1:1', ['count_over_time of an unwrapped label']],
  ['quantile_over_time({a="b"} | unwrap x [5m])', '1:20', ['without a quantile']],
  ['max_over_time(0.5, {a="b"} | unwrap x [5m])', '1:15', ['max_over_time takes none']],
  ['count_over_time({a="b"}[5m]) by (a)', '1:30', ['by after count_over_time is not supported', 'sum by']],
  ['sum_over_time({a="b"} | unwrap x [5m]) without (a)', '1:40', ['without after sum_over_time', 'sum by']],
  ['sum_over_time({a="b"} | json | unwrap x [5m] offset)', '1:46', ['found "offset"']],
  ['sum_over_time({a="b"} | json | unwrap x [5m] 1h)', '1:46', ['found "1h"']],
  ['sum_over_time({a="b"} | json | unwrap x [5m] offset 1h offset 1h)', '1:56', ['found "offset"']],
  ['topk(rate({a="b"}[5m]))', '1:6', ['topk without a count']],
  ['topk(1.5, rate({a="b"}[5m]))', '1:6', ['topk without a count']],
  ['sum(2, rate({a="b"}[5m]))', '1:5', ['sum takes none']],
  ['sort(rate({a="b"}[5m]))', '1:1', ['sort is not supported']],
  ['approx_topk(2, rate({a="b"}[5m]))', '1:1', ['approx_topk is not supported']],
  ['sum by (a,) (rate({a="b"}[5m]))', '1:11', ['found ")"']],
  ['rate({a="b"}[5m]) + bool 1', '1:19', ['bool after +', 'after a comparison']],
  ['rate({a="b"}[5m]) and 1', '1:19', ['and with a number']],
  ['rate({a="b"}[5m]) + on (a) 1', '1:19', ['on or ignoring with a number']],
  ['rate({a="b"}[5m]) and on (a) group_left () rate({}[5m])', '1:19', ['group_left after and']],
  ['rate({a="b"}[5m]) + {a="b"}', '1:21', ['a log query', 'a metric']],
  ['rate({a="b"} | json x="a..b" [5m])', '1:21', ['the path "a..b"']],
  ['rate({a="b"} | logfmt --strict [5m])', '1:23', ['logfmt --strict is not supported']],
  ['rate({a="b"} | regexp "(x)" [5m])', '1:23', ['without a named group']],
  ['rate({a="b"} | regexp "(?P<x>" [5m])', '1:24', ['never closed']],
  ['rate({a="b"} | pattern "plain" [5m])', '1:24', ['no named capture']],
  ['rate({a="b"} | pattern "<a><b>" [5m])', '1:24', ['right after another capture']],
  ['rate({a="b"} | pattern "<a> <a>" [5m])', '1:24', ['<a> twice']],
  ['rate({a="b"} | line_format "{{.x" [5m])', '1:28', ['never closed']],
  ['rate({a="b"} | line_format "{{div .x 2}}" [5m])', '1:28', ['{{div .x 2}}', '{{.label}}']],
  ['rate({a="b"} | label_format x="{{if .y}}" [5m])', '1:31', ['{{if .y}}']],
  ['rate({a="b"} | label_format x=y, x=z [5m])', '1:34', ['the label x set twice']],
  ['rate({a="b"} | unpack [5m])', '1:16', ['| unpack is not supported']],
  ['rate({a="b"} | decolorize [5m])', '1:16', ['| decolorize is not supported']],
  ['label_replace(rate({a="b"}[5m]), "a b", "$1", "c", "(.*)")', '1:34', ['the label "a b"']],
  ['label_replace(rate({a="b"}[5m]), "a", "$1", "c", "(")', '1:51', ['never closed']],
]

describe('a wrong metric query', () => {
  it.each(WRONG)('%j is refused at %s', (query, place, words) => {
    const error = caught(() => parseLogMetric(query))
    expect(error).toBeInstanceOf(QueryError)
    if (!(error instanceof QueryError)) return
    expect(`${error.line}:${error.column} ${error.message}`).toContain(`${place} line`)
    for (const each of words) expect(error.message).toContain(each)
  })
})

function caught(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}
