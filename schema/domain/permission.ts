export const ROLES = ['OWNER', 'ADMIN', 'MEMBER', 'VIEWER'] as const
export type Role = (typeof ROLES)[number]

const READ = [
  'org:read',
  'monitor:read',
  'slo:read',
  'silence:read',
  'channel:read',
  'incident:read',
  'delivery:read',
] as const
const READ_DATA = ['logs:read', 'metrics:read', 'traces:read', 'rum:read'] as const
const WORK = ['monitor:write', 'slo:write', 'silence:create', 'incident:write'] as const
const MANAGE = [
  'channel:write',
  'routing:write',
  'ingestkey:read',
  'ingestkey:write',
  'member:write',
  'apitoken:write',
  'usage:read',
  'audit:read',
  'org:write',
] as const
const OWN = ['org:delete', 'billing:write'] as const

export const PERMISSIONS = [...READ, ...READ_DATA, ...WORK, ...MANAGE, ...OWN] as const
/** What a caller may do, as `resource:verb`. */
export type Permission = (typeof PERMISSIONS)[number]

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  VIEWER: [...READ, ...READ_DATA],
  MEMBER: [...READ, ...READ_DATA, ...WORK],
  ADMIN: [...READ, ...READ_DATA, ...WORK, ...MANAGE],
  OWNER: PERMISSIONS,
}

/** Permissions of a role. */
export function permissionsOf(role: Role): readonly Permission[] {
  return GRANTS[role]
}
