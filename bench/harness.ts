/** One figure of a benchmark. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What it should be at least or at most; left out where nothing is asked of it. */
  readonly aim?: { readonly atLeast: number } | { readonly atMost: number }
}

/** What the command line may say. */
export interface BenchmarkOptions {
  /** How long to go on. */
  readonly minutes: number
  /** Times the usual rate. */
  readonly load: number
}

/** A benchmark. It brings its own baseline, measured in the same run on the same machine. */
export interface Benchmark {
  readonly name: string
  /** One line: what is measured, against what. */
  readonly about: string
  /** Takes so long that it runs only when it is asked for. */
  readonly onlyWhenNamed?: boolean
  run(tell: (line: string) => void, options: BenchmarkOptions): Promise<Figure[]>
}

/** Whether a figure meets its aim; null where it has none. */
export function meetsAim({ value, aim }: Figure): boolean | null {
  if (aim === undefined) return null
  return 'atLeast' in aim ? value >= aim.atLeast : value <= aim.atMost
}

/** Figures as an aligned table: name, value with unit, aim, and whether it is met. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, value, unit, aim } = figure
    const bound = aim === undefined ? '' : 'atLeast' in aim ? `≥ ${shown(aim.atLeast)}` : `≤ ${shown(aim.atMost)}`
    const met = meetsAim(figure)
    return [name, shown(value), unit, bound, met === null ? '' : met ? 'met' : 'MISSED']
  })
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const widths = [0, 1, 2, 3].map(width)
  return rows
    .map(([name = '', value = '', unit = '', bound = '', met = '']) =>
      `  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)} ${unit.padEnd(widths[2] ?? 0)}  ${bound.padEnd(widths[3] ?? 0)}  ${met}`.trimEnd(),
    )
    .join('\n')
}

function shown(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
}

/** The q-quantile (0 to 1) of some numbers, by nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}
