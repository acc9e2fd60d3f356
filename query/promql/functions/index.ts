import { ARITHMETIC_FUNCTIONS } from './arithmetic.js'
import type { Builtin } from './builtin.js'
import { HISTOGRAM_FUNCTIONS } from './histogram.js'
import { INFO_FUNCTIONS } from './info.js'
import { LABEL_FUNCTIONS } from './labels.js'
import { OVER_TIME_FUNCTIONS } from './over-time.js'
import { PRESENCE_FUNCTIONS } from './presence.js'
import { RATE_FUNCTIONS } from './rate.js'
import { SORT_FUNCTIONS } from './sort.js'
import { TIME_FUNCTIONS } from './time.js'
import { TREND_FUNCTIONS } from './trend.js'

/** All functions by name; each name also has a signature. */
export const FUNCTIONS: ReadonlyMap<string, Builtin> = new Map(
  [
    ARITHMETIC_FUNCTIONS,
    HISTOGRAM_FUNCTIONS,
    INFO_FUNCTIONS,
    LABEL_FUNCTIONS,
    OVER_TIME_FUNCTIONS,
    PRESENCE_FUNCTIONS,
    RATE_FUNCTIONS,
    SORT_FUNCTIONS,
    TIME_FUNCTIONS,
    TREND_FUNCTIONS,
  ].flatMap((group) => Object.entries(group)),
)
