import type { SessionInfo } from '../../schema/domain/identity.js'
import type { Caller } from '../auth/caller.js'

/** A session as its user sees it. */
export function shownSession(session: SessionInfo, caller: Caller) {
  return { ...session, current: session.id === caller.session?.id }
}
