import { SKETCH_GAMMA, SKETCH_OFFSET } from '../schema/domain/sketch.js'

/** The bucket of a finite value in ClickHouse SQL: the same as `sketchBucket` of the domain. */
export function sketchBucketSql(value: string): string {
  return `toInt32(if(${value} = 0, 0, sign(${value}) * (ceil(log(abs(${value})) / ${Math.log(SKETCH_GAMMA)}) + ${SKETCH_OFFSET})))`
}
