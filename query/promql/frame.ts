/** The instants at which an expression is evaluated: `start + i × step` for i from 0 to `steps − 1`, in Unix ms. */
export interface Frame {
  readonly start: number
  /** In ms, above 0 even when there is one instant. */
  readonly step: number
  readonly steps: number
}

/** The i-th instant of a frame, Unix ms. */
export function instant(frame: Frame, index: number): number {
  return frame.start + index * frame.step
}

/** What a query asks for: its first and last instant and the distance between them, in ms; step 0 at one instant. */
export interface QueryTimes {
  readonly start: number
  readonly end: number
  readonly step: number
}

/** The frame of a whole query. */
export function queryFrame({ start, end, step }: QueryTimes): Frame {
  return step === 0 ? { start, step: 1, steps: 1 } : { start, step, steps: Math.floor((end - start) / step) + 1 }
}
