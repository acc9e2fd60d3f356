import type { z } from 'zod'
import { canonicalLabels, type Labels, labelsFromList } from './labels.js'
import { DEFAULT_EVERY_MS, type Monitor, type MonitorInput, type monitorPatchSchema } from './monitor.js'

/** A monitor as it is asked for, defaults filled in: what a store writes. */
export type MonitorDraft = Omit<Monitor, 'id' | 'orgId' | 'version' | 'generation' | 'createdAt' | 'updatedAt'>

/** A patch after parsing: an absent field keeps, null clears to the default. */
export type MonitorPatch = z.infer<typeof monitorPatchSchema>

/**
 * The draft of a whole monitor.
 *
 * @param ruleInput The rule as it was written.
 */
export function draftMonitor(input: MonitorInput, ruleInput: unknown): MonitorDraft {
  return {
    key: input.key,
    name: input.name,
    description: input.description ?? null,
    rule: input.rule,
    ruleInput,
    everyMs: input.every ?? DEFAULT_EVERY_MS,
    forMs: input.for ?? 0,
    keepFiringForMs: input.keepFiringFor ?? 0,
    missingData: input.missingData ?? 'KEEP_STATE',
    labels: labelsFromList(input.labels ?? []),
    runbookUrl: input.runbookUrl ?? null,
    title: input.title ?? null,
    body: input.body ?? null,
    paused: input.paused ?? false,
    managedBy: input.managedBy ?? null,
    notify: input.notify ?? null,
  }
}

/** The draft of a monitor with a patch laid over it. */
export function patchMonitor(current: Monitor, patch: MonitorPatch, ruleInput: unknown): MonitorDraft {
  const { id: _id, orgId: _orgId, version: _v, generation: _g, createdAt: _c, updatedAt: _u, ...kept } = current
  const or = <Value>(given: Value | null | undefined, keep: Value, cleared: Value): Value =>
    given === undefined ? keep : (given ?? cleared)
  const labels: Labels | null | undefined = patch.labels == null ? patch.labels : labelsFromList(patch.labels)
  return {
    ...kept,
    name: patch.name ?? kept.name,
    description: or(patch.description, kept.description, null),
    ...(patch.rule === undefined ? {} : { rule: patch.rule, ruleInput }),
    everyMs: or(patch.every, kept.everyMs, DEFAULT_EVERY_MS),
    forMs: or(patch.for, kept.forMs, 0),
    keepFiringForMs: or(patch.keepFiringFor, kept.keepFiringForMs, 0),
    missingData: or(patch.missingData, kept.missingData, 'KEEP_STATE'),
    labels: or(labels, kept.labels, {}),
    runbookUrl: or(patch.runbookUrl, kept.runbookUrl, null),
    title: or(patch.title, kept.title, null),
    body: or(patch.body, kept.body, null),
    paused: or(patch.paused, kept.paused, false),
    notify: or(patch.notify, kept.notify, null),
  }
}

/** Whether an edit changes what is judged, its rule or its labels: instances then begin anew. */
export function isSemanticEdit(before: Pick<Monitor, 'rule' | 'labels'>, after: Pick<Monitor, 'rule' | 'labels'>) {
  return (
    canonicalJson(before.rule) !== canonicalJson(after.rule) ||
    canonicalLabels(before.labels) !== canonicalLabels(after.labels)
  )
}

/** JSON with the names of every object in order, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
