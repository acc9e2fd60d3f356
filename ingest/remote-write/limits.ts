/** Bounds of a remote-write request beside its bytes. */
export const REMOTE_WRITE_LIMITS = {
  /** Fields of a message in all: a sample is three. */
  values: 4_000_000,
  labels: 64,
  nameLength: 255,
  valueLength: 4_096,
} as const
