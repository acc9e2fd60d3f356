import type { AlertState, MonitorHealth, Severity } from '../domain/alert.js'
import type { Channel, ChannelConfig, ChannelConfigDraft } from '../domain/channel.js'
import type { ApiToken, Member, Membership, Org, SessionInfo, User } from '../domain/identity.js'
import type { Incident, IncidentState, TimelineEntry } from '../domain/incident.js'
import type { IngestKey, IngestKeyScheme } from '../domain/ingest-key.js'
import type { Labels } from '../domain/labels.js'
import type { Matcher } from '../domain/matcher.js'
import type { Monitor, MonitorStatus } from '../domain/monitor.js'
import type { MonitorDraft } from '../domain/monitor-draft.js'
import type { DeliveryStatus } from '../domain/notification.js'
import type { SetLimits } from '../domain/org-limits.js'
import type { Permission, Role } from '../domain/permission.js'
import type { SetDays } from '../domain/retention.js'
import type { ScrubPolicy } from '../domain/scrub.js'
import type { Signal } from '../domain/signal.js'

/*
 * Stores of the control plane, as the gateway uses them. What concerns an org is handed out by `forOrg` and can name
 * no other: another org's id answers as a missing one. Times in Unix ms; `now` is always the caller's.
 */
export interface ControlPlane {
  readonly identity: IdentityStore
  /** Of all orgs, by age: for the operator alone. */
  orgs(page: PageRequest): Promise<CountedPage<Org>>
  forOrg(orgId: string): OrgStores
}

/** Stores bound to one org. */
export interface OrgStores {
  readonly orgId: string
  org(): Promise<Org | null>
  readonly settings: OrgSettingsStore
  readonly members: MemberStore
  readonly apiTokens: ApiTokenStore
  readonly ingestKeys: IngestKeyStore
  readonly monitors: MonitorStore
  readonly channels: ChannelStore
  readonly incidents: IncidentStore
  readonly deliveries: DeliveryStore
}

/** Which part of a list is wanted. */
export interface PageRequest {
  readonly first: number
  /** A cursor that the same list handed out; null for the beginning. Any other text throws `CursorError`. */
  readonly after: string | null
}

export interface Page<Value> {
  readonly items: readonly { readonly cursor: string; readonly value: Value }[]
  readonly hasNextPage: boolean
}

/** A list that can also say how long it is. */
export interface CountedPage<Value> extends Page<Value> {
  count(): Promise<number>
}

/** A cursor that this list did not hand out. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
}

/** A pattern of a matcher that the store cannot run. */
export class MatcherError extends Error {
  override readonly name = 'MatcherError'
}

/** What makes a create repeatable: the same key and request within 24 h answer with what was made first. */
export interface Idempotency {
  readonly key: string
  /** SHA-256 of the canonical request. */
  readonly requestHash: Uint8Array
}

/** `replayed`: the idempotency key was used for this very request before. `key reused`: for another one. */
export type CreateOutcome<Value> =
  | { readonly outcome: 'created' | 'replayed'; readonly value: Value }
  | { readonly outcome: 'taken' | 'key reused' }

export type UpdateOutcome<Value> =
  | { readonly outcome: 'updated'; readonly value: Value }
  | { readonly outcome: 'conflict'; readonly currentVersion: number }
  | { readonly outcome: 'missing' }

/** Who a request comes from, as the stores know it at that moment. */
export interface CallerFacts {
  readonly user: User
  readonly org: Org
  readonly role: Role
}

export interface RefreshFacts {
  /** SHA-256 of the token. */
  readonly hash: Uint8Array
  readonly expiresAt: number
}

/**
 * What became of a refresh token. `reused`: it was used before, longer ago than the grace, and its session is revoked
 * now.
 */
export type RefreshOutcome =
  | { readonly outcome: 'rotated'; readonly session: SessionInfo }
  | { readonly outcome: 'unknown' | 'expired' | 'revoked' | 'reused' }

/** Users, sessions and tokens: what is asked before an org is known. */
export interface IdentityStore {
  /** @param email Lower case. */
  userByEmail(email: string): Promise<{ readonly user: User; readonly passwordHash: string } | null>
  /** In the order they were joined. */
  memberships(userId: string): Promise<readonly Membership[]>
  openSession(session: SessionInfo, refresh: RefreshFacts): Promise<void>
  rotateRefresh(
    hash: Uint8Array,
    next: RefreshFacts,
    times: { readonly now: number; readonly graceMs: number },
  ): Promise<RefreshOutcome>
  /** Revokes the session of a refresh token; false when there is none. */
  revokeSession(hash: Uint8Array, now: number): Promise<boolean>
  /** Null when the session is revoked or its user left the org. */
  sessionCaller(sessionId: string): Promise<(CallerFacts & { readonly session: SessionInfo }) | null>
  /** Null when the token is unknown, expired or revoked, or its owner left the org. */
  tokenCaller(hash: Uint8Array, now: number): Promise<(CallerFacts & { readonly token: ApiToken }) | null>
  /** Notes that a token was used. */
  touchToken(tokenId: string, at: number): Promise<void>
  /** Sessions of a user that are not revoked, newest first, at most 100. */
  sessions(userId: string): Promise<readonly SessionInfo[]>
}

/** What is set for one org beside its name. */
export interface OrgSettingsStore {
  /** Null when there is no such org. */
  limits(): Promise<SetLimits | null>
  /** What the org's own people may change; an absent field keeps. Raises the org's version. */
  update(
    expectedVersion: number,
    change: { readonly name?: string; readonly retention?: Partial<SetDays> },
  ): Promise<UpdateOutcome<Org>>
  /** What only the operator may change; an absent field keeps. Raises the org's version; null when there is no such org. */
  setLimits(change: LimitsChange): Promise<Org | null>
  scrubPolicy(): Promise<StoredScrubPolicy>
  /** Replaces the policy; `expectedVersion` 0 where none was set. */
  setScrubPolicy(expectedVersion: number, policy: ScrubPolicy, now: number): Promise<UpdateOutcome<StoredScrubPolicy>>
}

export interface LimitsChange {
  readonly requestsPerMinute?: number | null
  readonly bytesPerDay?: number | null
  readonly monitors?: number | null
  readonly mostRetention?: Partial<SetDays>
}

/** An org's scrub policy; version 0 is the default one, which nobody set. */
export interface StoredScrubPolicy {
  readonly version: number
  readonly policy: ScrubPolicy
  readonly updatedAt: number | null
}

export interface MemberStore {
  list(page: PageRequest): Promise<CountedPage<Member>>
  get(membershipId: string): Promise<Member | null>
  /** A user, only while a member of the org. */
  user(userId: string): Promise<User | null>
}

export interface ApiTokenStore {
  list(page: PageRequest): Promise<CountedPage<ApiToken>>
  get(id: string): Promise<ApiToken | null>
  create(token: {
    readonly id: string
    readonly userId: string
    readonly name: string
    readonly hash: Uint8Array
    readonly scopes: readonly Permission[]
    readonly createdAt: number
    readonly expiresAt: number | null
  }): Promise<ApiToken>
  /** False when there is none, or it is revoked already. */
  revoke(id: string, now: number): Promise<boolean>
}

export interface IngestKeyStore {
  list(page: PageRequest): Promise<CountedPage<IngestKey>>
  get(id: string): Promise<IngestKey | null>
  /** @param secret As it is shown; null for BROWSER. Kept sealed. */
  create(
    key: {
      readonly id: string
      readonly key: string
      readonly name: string
      readonly scheme: IngestKeyScheme
      readonly signals: readonly Signal[]
      readonly allowedOrigins: readonly string[]
      readonly createdAt: number
    },
    secret: string | null,
    idempotency: Idempotency | null,
  ): Promise<CreateOutcome<IngestKey>>
  /** Adds a secret; the newest before it works until `previousUntil`, older ones no longer. Null when there is no live key. */
  rotate(id: string, secret: string, now: number, previousUntil: number): Promise<IngestKey | null>
  /** Null when there is none, or it is revoked already. */
  revoke(id: string, now: number): Promise<IngestKey | null>
}

export interface MonitorListFilter {
  readonly states?: readonly AlertState[]
  readonly healths?: readonly MonitorHealth[]
  readonly kinds?: readonly string[]
  readonly text?: string
  readonly labels?: readonly Matcher[]
}

export interface MonitorStore {
  /** By age, oldest first. Throws `MatcherError`. */
  list(page: PageRequest, filter: MonitorListFilter): Promise<CountedPage<Monitor>>
  get(id: string): Promise<Monitor | null>
  /** How many there are. */
  count(): Promise<number>
  /** Deleted ones too: incidents go on naming them. */
  evenDeleted(id: string): Promise<Monitor | null>
  byKey(key: string): Promise<Monitor | null>
  create(id: string, draft: MonitorDraft, now: number, idempotency: Idempotency | null): Promise<CreateOutcome<Monitor>>
  /** Raises the version, and the generation too when `semantic`. */
  update(
    id: string,
    expectedVersion: number,
    draft: MonitorDraft,
    semantic: boolean,
    now: number,
  ): Promise<UpdateOutcome<Monitor>>
  remove(id: string, now: number): Promise<boolean>
  /** What the evaluator last made of monitors; those it has not judged are absent. */
  statuses(ids: readonly string[]): Promise<ReadonlyMap<string, MonitorStatus>>
  instances(
    of: { readonly monitorId: string } | { readonly incidentId: string },
    page: PageRequest,
    states: readonly AlertState[] | null,
  ): Promise<CountedPage<AlertInstance>>
  instance(id: string): Promise<AlertInstance | null>
  /** Newest first. */
  transitions(
    monitorId: string,
    page: PageRequest,
    range: { readonly from: number | null; readonly to: number | null },
  ): Promise<Page<Transition>>
}

/** An instance as people see it. */
export interface AlertInstance {
  readonly id: string
  readonly monitorId: string
  readonly incidentId: string | null
  readonly labels: Labels
  readonly state: AlertState
  readonly severity: Severity | null
  readonly value: number | null
  readonly activeAt: number | null
  readonly firedAt: number | null
  readonly reason: string
  readonly missing: boolean
}

/** A change of an instance's state, as it was recorded. */
export interface Transition {
  readonly at: number
  readonly labels: Labels
  readonly from: AlertState
  readonly to: AlertState
  readonly fromSeverity: Severity | null
  readonly toSeverity: Severity | null
  readonly reason: string
  readonly value: number | null
  readonly late: boolean
}

export interface ChannelStore {
  /** By age, oldest first. */
  list(page: PageRequest): Promise<CountedPage<Channel>>
  get(id: string): Promise<Channel | null>
  /** Deleted ones too: deliveries go on naming them. */
  evenDeleted(id: string): Promise<Channel | null>
  byKey(key: string): Promise<Channel | null>
  /** The configuration is kept sealed, and masked beside it. */
  create(
    channel: {
      readonly id: string
      readonly key: string
      readonly name: string
      readonly config: ChannelConfig
      readonly sendResolved: boolean
    },
    now: number,
    idempotency: Idempotency | null,
  ): Promise<CreateOutcome<Channel>>
  /**
   * An absent field keeps. Enabling clears the reason for which the channel was disabled.
   *
   * @param random 32 random bytes, for a webhook that has no secret yet.
   */
  update(
    id: string,
    expectedVersion: number,
    change: {
      readonly name?: string
      readonly config?: ChannelConfigDraft
      readonly sendResolved?: boolean
      readonly enabled?: boolean
    },
    now: number,
    random: Uint8Array,
  ): Promise<UpdateOutcome<Channel>>
  remove(id: string, now: number): Promise<boolean>
  /** Live monitors that name a channel's key in `notify`: the first of them by key, and how many there are. */
  namedBy(key: string, first: number): Promise<{ readonly monitorKeys: readonly string[]; readonly count: number }>
}

export interface IncidentListFilter {
  readonly states?: readonly IncidentState[]
  readonly severities?: readonly Severity[]
  readonly labels?: readonly Matcher[]
  /** Bounds of `startedAt`: from included, to excluded. */
  readonly from?: number
  readonly to?: number
}

export interface IncidentStore {
  /** Newest first. Throws `MatcherError`. */
  list(page: PageRequest, filter: IncidentListFilter): Promise<CountedPage<IncidentRecord>>
  get(id: string): Promise<IncidentRecord | null>
  byNumber(number: number): Promise<IncidentRecord | null>
  /** In the order it happened. */
  timeline(incidentId: string, page: PageRequest): Promise<Page<TimelineEntry>>
}

/** An incident with whom it is assigned to. */
export interface IncidentRecord extends Incident {
  readonly assigneeId: string | null
}

export interface DeliveryStore {
  /** Newest first. */
  list(
    page: PageRequest,
    filter: { readonly statuses?: readonly DeliveryStatus[]; readonly incidentId?: string },
  ): Promise<CountedPage<DeliveryRecord>>
  get(id: string): Promise<DeliveryRecord | null>
}

/** A line of the ledger with its attempts, as people see it. */
export interface DeliveryRecord {
  readonly id: string
  readonly incidentId: string
  readonly channelId: string
  readonly status: DeliveryStatus
  readonly reason: string
  readonly createdAt: number
  readonly deliveredAt: number | null
  readonly attempts: readonly {
    readonly at: number
    readonly durationMs: number
    readonly outcome: string
    readonly detail: string | null
    readonly nextAt: number | null
  }[]
}
