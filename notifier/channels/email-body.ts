import type { Rendered } from '../render.js'
import { truncate } from '../text.js'

/** Mail has no limit of its own; what a monitor's author wrote is kept to this many UTF-16 units. */
const BODY_LENGTH = 20_000

const TONES: Readonly<Record<Rendered['tone'], string>> = {
  critical: '#b3261e',
  warning: '#9a6700',
  info: '#3b5b92',
  good: '#1a7f37',
}

/** The plain text of a mail. */
export function emailText(rendered: Rendered): string {
  const rows = [...rendered.facts, ...rendered.labels.map(({ name, value }) => ({ name: `${name} =`, value }))]
  const width = Math.max(0, ...rows.map(({ name }) => name.length))
  const sections = [
    `${rendered.state}: ${rendered.title}`,
    rendered.body === null ? null : truncate(rendered.body, BODY_LENGTH),
    rows.map(({ name, value }) => `${name.padEnd(width)}  ${value}`).join('\n'),
    [
      rendered.runbookUrl === null ? null : `Runbook: ${rendered.runbookUrl}`,
      rendered.link === null ? null : `Incident: ${rendered.link}`,
    ]
      .filter((line) => line !== null)
      .join('\n'),
  ]
  return `${sections.filter((section) => section !== null && section !== '').join('\n\n')}\n`
}

/** The HTML of a mail: no images, scripts, outside styles or anything else that is fetched. */
export function emailHtml(rendered: Rendered): string {
  const row = ({ name, value }: { name: string; value: string }) =>
    `<tr><td style="padding:2px 16px 2px 0;color:#666;vertical-align:top">${escapeHtml(name)}</td>` +
    `<td style="padding:2px 0;word-break:break-word">${escapeHtml(value)}</td></tr>`
  const link = (name: string, url: string | null) =>
    url === null || !/^https?:\/\//i.test(url) ? '' : `<p><a href="${escapeHtml(url)}">${name}</a></p>`
  const body =
    rendered.body === null
      ? ''
      : `<p style="white-space:pre-wrap">${escapeHtml(truncate(rendered.body, BODY_LENGTH))}</p>`
  return (
    '<!doctype html><html><body style="font-family:sans-serif;font-size:14px;color:#222">' +
    `<p style="color:${TONES[rendered.tone]};font-weight:bold;margin:0">${escapeHtml(rendered.state)}</p>` +
    `<h2 style="margin:4px 0 12px">${escapeHtml(rendered.title)}</h2>${body}` +
    `<table style="border-collapse:collapse">${rendered.facts.map(row).join('')}${rendered.labels.map(row).join('')}</table>` +
    `${link('Runbook', rendered.runbookUrl)}${link('Incident', rendered.link)}</body></html>`
  )
}

/** A text that HTML shows as it is, also inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
