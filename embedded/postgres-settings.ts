/**
 * Settings of the embedded PostgreSQL, given on its command line: for one machine that runs everything of Tocsin.
 * PostgreSQL's defaults are not repeated, but for those the promises hang on.
 */
export const postgresSettings: Readonly<Record<string, string>> = {
  // Reached by this machine alone, over TCP: a socket's path would have to be short and reachable for two users.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  // What is acknowledged is on disk: these two are the promise that a 202 is kept.
  fsync: 'on',
  synchronous_commit: 'on',
  // Nothing replicates from here, so COPY into a new table may skip the log.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  // Intake and outbox tables are written and emptied all the time.
  autovacuum_naptime: '15s',
  // Compiling costs more than it saves for queries of milliseconds.
  jit: 'off',
  // The disks of today find a random page about as fast as the next one.
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The log goes through ours, a line an entry. A statement or a row could hold a secret, so neither is logged.
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  log_checkpoints: 'off',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}

/** For stores that may be lost, as in tests: nothing waits for the disk, little is kept. */
export const forgetfulSettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
}

/** As arguments of `postgres`. */
export function asArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
