import type { Rendered } from '../render.js'
import { truncate } from '../text.js'

/*
 * Limits of Block Kit (https://docs.slack.dev/reference/block-kit/blocks): 3,000 characters a section, 2,000 a field
 * and ten fields a section. Ours lie below them, since nobody reads that much in a channel.
 */
const TITLE_LENGTH = 1_000
const BODY_LENGTH = 2_900
const VALUE_LENGTH = 500
const LABELS_LENGTH = 1_900
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
  const title = `${MARKS[rendered.tone]} *${rendered.state}* ${truncate(rendered.title, TITLE_LENGTH, escapeMrkdwn)}`
  const links = [linkTo('Runbook', rendered.runbookUrl), linkTo('Incident', rendered.link)].filter(
    (link) => link !== '',
  )
  const pairs = rendered.labels.map(({ name, value }) => `${name}=${value}`)
  const labels = truncate(pairs.join('  '), LABELS_LENGTH, escapeMrkdwn)
  const fields = rendered.facts
    .slice(0, MAX_FIELDS)
    .map(({ name, value }) => mrkdwn(`*${escapeMrkdwn(name)}*\n${truncate(value, VALUE_LENGTH, escapeMrkdwn)}`))
  return [
    { type: 'section', text: mrkdwn(title) },
    ...(rendered.body === null
      ? []
      : [{ type: 'section' as const, text: mrkdwn(truncate(rendered.body, BODY_LENGTH, escapeMrkdwn)) }]),
    { type: 'section', fields },
    ...(labels === '' ? [] : [{ type: 'context' as const, elements: [mrkdwn(labels)] }]),
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
