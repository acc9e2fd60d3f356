import { PassThrough } from 'node:stream'
import { createTransport } from 'nodemailer'
import type { EmailConfig } from '../../schema/domain/channel.js'
import type { SendResult, SendTo, Speech } from '../channel.js'
import { headline, render } from '../render.js'
import { oneLine, truncate } from '../text.js'
import type { Egress } from './egress.js'
import { emailHtml, emailText } from './email-body.js'
import { smtpFault } from './smtp-result.js'
import { smtpTarget } from './smtp-target.js'

const TIMEOUT_MS = 15_000

/** Longest subject, in UTF-16 units; mail clients show about a hundred. */
const SUBJECT_LENGTH = 200

/**
 * Mail over SMTP. The Message-ID is made from the delivery's id, so that a mail sent twice is known again; mails of one
 * incident refer to its first.
 *
 * @param deps `smtpUrl` is the installation's own server, for channels that name none; null when there is none.
 */
export function createEmailChannel(deps: {
  readonly smtpUrl: string | null
  readonly from: string
  readonly egress: Egress
  readonly timeoutMs?: number
}): SendTo<EmailConfig> {
  const timeout = deps.timeoutMs ?? TIMEOUT_MS
  const domain = /@([^\s>@]+)>?\s*$/.exec(deps.from)?.[1] ?? 'localhost'

  return async (config, speech) => {
    const smtpUrl = config.smtpUrl ?? deps.smtpUrl
    if (smtpUrl === null) {
      const detail = 'no mail server: the channel names none (smtpUrl) and neither does TOCSIN_SMTP_URL'
      return { outcome: 'final', detail, disableChannel: null }
    }
    let begun = false
    try {
      const target = await smtpTarget(smtpUrl, config.smtpUrl === null ? null : deps.egress)
      const transport = createTransport({
        ...target,
        connectionTimeout: timeout,
        greetingTimeout: timeout,
        socketTimeout: timeout,
        dnsTimeout: timeout,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      // The message is read once the login is over.
      transport.use('stream', (mail, done) => {
        mail.message.transform(() => {
          begun = true
          return new PassThrough()
        })
        done()
      })
      const { accepted, rejected } = await transport.sendMail(mailOf(config, speech, deps.from, domain))
      return delivered(accepted.length, rejected.length)
    } catch (error) {
      return smtpFault(error, begun)
    }
  }
}

function mailOf(config: EmailConfig, speech: Speech, from: string, domain: string) {
  const rendered = render(speech)
  const messageId = (deliveryId: string) => `<${deliveryId}@${domain}>`
  const isFirst = speech.thread.deliveryId === speech.deliveryId
  return {
    from,
    // One entry an address: a comma or a line break in it can add no other recipient.
    to: config.to.map((address) => ({ name: '', address: oneLine(address) })),
    subject: truncate(oneLine(headline(rendered, speech)), SUBJECT_LENGTH),
    messageId: messageId(speech.deliveryId),
    ...(isFirst
      ? {}
      : { inReplyTo: messageId(speech.thread.deliveryId), references: messageId(speech.thread.deliveryId) }),
    date: new Date(speech.now),
    headers: {
      // RFC 3834: keeps vacation notices from answering.
      'Auto-Submitted': 'auto-generated',
      'X-Tocsin-Incident': speech.message.incident.id,
    },
    text: emailText(rendered),
    html: emailHtml(rendered),
  }
}

function delivered(accepted: number, rejected: number): SendResult {
  const refused = rejected === 0 ? '' : `, refused for ${rejected}`
  return { outcome: 'delivered', receipt: null, detail: `accepted for ${accepted} addressees${refused}` }
}
