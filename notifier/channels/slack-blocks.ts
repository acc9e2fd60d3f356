import type { Rendered } from '../render.js'
import { truncate } from '../text.js'

/*
 * Limits of Block Kit (https://docs.slack.dev/reference/block-kit/blocks): section text 3,000, a field 2,000 and ten
 * fields a section, fallback text 4,000 as advised for chat.postMessage. Texts are cut before they are escaped, to a
 * length that leaves room for escapes.
 */
const TITLE_LENGTH = 500
const BODY_LENGTH = 1_500
const VALUE_LENGTH = 300
const LABELS_LENGTH = 1_200
const MAX_FIELDS = 10

const MARKS: Readonly<Record<Rendered['tone'], string>> = {
  critical: ':red_circle:',
  warning: ':large_orange_circle:',
  info: ':large_blue_circle:',
  good: ':large_green_circle:',
}

export interface SlackBlock {
  readonly type: 'section' | 'context'
  readonly text?: SlackText
  readonly fields?: readonly SlackText[]
  readonly elements?: readonly SlackText[]
}

export interface SlackText {
  readonly type: 'mrkdwn'
  readonly text: string
  /** Nothing in it becomes a link, mention or channel by itself. */
  readonly verbatim: true
}

/** A message as Slack's blocks. */
export function slackBlocks(rendered: Rendered): SlackBlock[] {
  const title = `${MARKS[rendered.tone]} *${rendered.state}* ${escapeMrkdwn(truncate(rendered.title, TITLE_LENGTH))}`
  const links = [linkTo('Runbook', rendered.runbookUrl), linkTo('Incident', rendered.link)].filter(
    (link) => link !== '',
  )
  const labels = truncate(rendered.labels.map(({ name, value }) => `${name}=${value}`).join('  '), LABELS_LENGTH)
  const fields = rendered.facts
    .slice(0, MAX_FIELDS)
    .map(({ name, value }) => mrkdwn(`*${escapeMrkdwn(name)}*\n${escapeMrkdwn(truncate(value, VALUE_LENGTH))}`))
  return [
    { type: 'section', text: mrkdwn(title) },
    ...(rendered.body === null
      ? []
      : [{ type: 'section' as const, text: mrkdwn(escapeMrkdwn(truncate(rendered.body, BODY_LENGTH))) }]),
    { type: 'section', fields },
    ...(labels === '' ? [] : [{ type: 'context' as const, elements: [mrkdwn(escapeMrkdwn(labels))] }]),
    ...(links.length === 0 ? [] : [{ type: 'context' as const, elements: [mrkdwn(links.join('  '))] }]),
  ]
}

/** A text that Slack shows as it is, without mentions or links (https://docs.slack.dev/messaging/formatting-message-text). */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function linkTo(name: string, url: string | null): string {
  if (url === null || !URL.canParse(url) || !/^https?:/i.test(url)) return ''
  // `|` would end the address within the angle brackets.
  return `<${escapeMrkdwn(new URL(url).href).replaceAll('|', '%7C')}|${name}>`
}

function mrkdwn(text: string): SlackText {
  return { type: 'mrkdwn', text, verbatim: true }
}
