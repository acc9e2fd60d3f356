import { comparedBy, type Message } from '../schema/domain/notification.js'
import type { SettleFacts } from '../schema/ports/notifications.js'

/** The facts of a transition as they stand now; what is sent later says this and nothing newer. */
export function freezeMessage(facts: SettleFacts, notificationId: string): Message {
  const { outbox, incident, monitor } = facts
  const compared = monitor?.rule === undefined ? null : comparedBy(monitor.rule, outbox.severity)
  return {
    notificationId,
    kind: outbox.kind,
    org: facts.org,
    incident: {
      id: incident.id,
      number: incident.number,
      title: incident.title,
      severity: outbox.severity,
      labels: incident.labels,
      startedAt: incident.startedAt,
      resolvedAt: outbox.kind === 'resolved' ? (incident.resolvedAt ?? outbox.at) : null,
    },
    monitor:
      monitor === null
        ? null
        : {
            id: monitor.id,
            key: monitor.key,
            name: monitor.name,
            description: monitor.description,
            body: monitor.body,
            runbookUrl: monitor.runbookUrl,
          },
    value: outbox.value,
    ...(compared === null ? {} : { compared }),
    reason: outbox.reason,
    at: outbox.at,
  }
}
