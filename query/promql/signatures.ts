import type { ValueType } from './ast.js'

/** What a function takes and gives. */
export interface Signature {
  readonly args: readonly ValueType[]
  /** How many of the last arguments may be left out. */
  readonly optional: number
  /** Whether the last argument may stand any number of times. */
  readonly variadic: boolean
  readonly returns: ValueType
}

const TYPES: Readonly<Record<string, ValueType>> = { s: 'scalar', t: 'string', v: 'vector', m: 'matrix' }

/** Reads `mss? > v`: argument letters, `?` after one that may be left out, `*` after one that may repeat. */
function signature(text: string): Signature {
  const [args = '', returns = ''] = text.split('>').map((part) => part.trim())
  return {
    args: [...args].flatMap((letter) => TYPES[letter] ?? []),
    optional: args.split('').filter((letter) => letter === '?' || letter === '*').length,
    variadic: args.endsWith('*'),
    returns: TYPES[returns] ?? 'vector',
  }
}

/** Names by what they take and give (s scalar, t text, v vector, m range of samples). */
const BY_SHAPE: Readonly<Record<string, string>> = {
  'v > v':
    'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp',
  'v? > v': 'day_of_month day_of_week day_of_year days_in_month hour minute month year',
  'm > v':
    'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
  'vs > v': 'clamp_max clamp_min',
  'vss > v': 'clamp',
  'vs? > v': 'round',
  'ms > v': 'predict_linear',
  'mss > v': 'double_exponential_smoothing holt_winters',
  'sm > v': 'quantile_over_time',
  'sv > v': 'histogram_quantile',
  'ssv > v': 'histogram_fraction',
  'vtss* > v': 'histogram_quantiles',
  'vtttt > v': 'label_replace',
  'vttt* > v': 'label_join',
  'vt* > v': 'sort_by_label sort_by_label_desc',
  'vv? > v': 'info',
  'v > s': 'scalar',
  's > v': 'vector',
  'ss > s': 'min_of max_of',
  ' > s': 'time pi start end step range',
}

/** Functions over classic float samples, by name. */
export const SIGNATURES: ReadonlyMap<string, Signature> = new Map(
  Object.entries(BY_SHAPE).flatMap(([shape, names]) =>
    names.split(' ').map((name) => [name, signature(shape)] as const),
  ),
)

/** Functions of Prometheus that read what this engine does not hold, each with what they would need. */
export const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ...['histogram_avg', 'histogram_count', 'histogram_stddev', 'histogram_stdvar', 'histogram_sum'].map(
    (name) => [name, 'native histograms'] as const,
  ),
  ['integral', 'strategies of integration'],
  ['start_timestamp', 'start timestamps of samples'],
])
