/** What `/metrics` of a process says now: values by name and labels as they are written. */
export async function expositionValues(base: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(new URL('/metrics', base))
  if (!response.ok) throw new Error(`/metrics answered ${response.status}.`)
  const values = new Map<string, number>()
  for (const line of (await response.text()).split('\n')) {
    const at = line.lastIndexOf(' ')
    if (line !== '' && !line.startsWith('#')) values.set(line.slice(0, at), Number(line.slice(at + 1)))
  }
  return values
}

/** The largest of a metric's values, whatever their labels; 0 where there is none. */
export function largest(values: ReadonlyMap<string, number>, name: string): number {
  let most = 0
  for (const [key, value] of values) if (key === name || key.startsWith(`${name}{`)) most = Math.max(most, value)
  return most
}
