import { z } from 'zod'

/** Label names and values. Order carries no meaning; the canonical order is by name, by code unit. */
export type Labels = Readonly<Record<string, string>>

const NAME = /^[a-zA-Z_][a-zA-Z0-9_.]*$/

export const labelNameSchema = z
  .string()
  .max(128)
  .regex(NAME, 'a label name begins with a letter or underscore and holds letters, digits, underscores and dots')

export const labelInputSchema = z.object({ name: labelNameSchema, value: z.string().max(1024) })

/** A list of labels as GraphQL carries it; a name may stand once. */
export const labelListSchema = z
  .array(labelInputSchema)
  .max(32)
  .refine((list) => new Set(list.map((label) => label.name)).size === list.length, 'a label name stands more than once')

/** Names in canonical order. */
export function labelNames(labels: Labels): string[] {
  return Object.keys(labels).sort()
}

/**
 * The canonical text of labels: a JSON array of name and value in canonical order. Two label sets are equal exactly when
 * their canonical texts are; hashes and keys are made from it.
 */
export function canonicalLabels(labels: Labels): string {
  return JSON.stringify(labelNames(labels).map((name) => [name, labels[name]]))
}

/** Labels from their canonical text. */
export function labelsFromCanonical(text: string): Labels {
  return Object.fromEntries(JSON.parse(text) as [string, string][])
}

/** Labels from a list as GraphQL carries it. */
export function labelsFromList(list: readonly { name: string; value: string }[]): Labels {
  return Object.fromEntries(list.map((label) => [label.name, label.value]))
}

/** Labels as a list in canonical order. */
export function labelsToList(labels: Labels): { name: string; value: string }[] {
  return labelNames(labels).map((name) => ({ name, value: labels[name] ?? '' }))
}
