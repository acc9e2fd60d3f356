import type { SendResult } from '../channel.js'
import { oneLine, truncate } from '../text.js'
import { EgressRefusedError } from './egress.js'

/** What a mailer's error carries beside its message. */
interface MailError {
  readonly code?: string
  readonly responseCode?: number
  readonly response?: string
  readonly command?: string
}

/**
 * What a failed mail means. A server that answered said so: nothing was taken in. One that fell silent after the login
 * may have taken the mail.
 *
 * @param begun Whether the login was over when the error came.
 */
export function smtpFault(error: unknown, begun: boolean): SendResult {
  if (error instanceof EgressRefusedError) return { outcome: 'final', detail: error.message, disableChannel: null }
  if (!(error instanceof Error)) throw error
  const { code = error.name, responseCode, response } = error as Error & MailError
  if (code === 'EAUTH')
    // Passwords are mended while incidents last; the answer is not shown, since it may quote what was sent.
    return { outcome: 'retry', afterMs: null, mayHaveHeard: false, detail: 'the mail server refused the login' }
  if (responseCode !== undefined) {
    const answer = truncate(oneLine(response ?? String(responseCode)), 200)
    const detail = `the mail server answered ${answer}`
    return responseCode >= 500
      ? { outcome: 'final', detail, disableChannel: null }
      : { outcome: 'retry', afterMs: null, mayHaveHeard: false, detail }
  }
  if (code === 'EENVELOPE' || code === 'EMESSAGE')
    return { outcome: 'final', detail: `the mail could not be made: ${code}`, disableChannel: null }
  return { outcome: 'retry', afterMs: null, mayHaveHeard: begun, detail: `the mail server could not be used: ${code}` }
}
