/** Collects the values of a query's `{name:Type}` parameters; one sink serves all filters of one query. */
export interface ParamSink {
  /** A placeholder for a text. Equal texts share one. */
  text(value: string): string
  /** A placeholder for a finite number. */
  number(value: number): string
  /** What to hand to ClickHouse beside the query. */
  readonly values: Readonly<Record<string, string>>
}

/** An empty sink. Names are the prefix and a running number. */
export function createParamSink(prefix = 'p'): ParamSink {
  const values: Record<string, string> = {}
  const placeholders = new Map<string, string>()
  const add = (value: string, type: 'String' | 'Float64'): string => {
    const key = `${type}:${value}`
    const known = placeholders.get(key)
    if (known !== undefined) return known
    const name = `${prefix}${placeholders.size}`
    values[name] = value
    const placeholder = `{${name}:${type}}`
    placeholders.set(key, placeholder)
    return placeholder
  }
  return {
    text: (value) => add(value, 'String'),
    // As text: the embedded engine's client refuses integers past 2^53.
    number: (value) => add(String(value), 'Float64'),
    values,
  }
}
