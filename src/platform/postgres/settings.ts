// The server's settings: a file of defaults that ALTER SYSTEM may override, and the few that hold
// always, on the command line.
import { EmbeddedPostgresError } from './error.ts'
import { type Layout, socketPort } from './layout.ts'

/** Written into the cluster at every start; `postgresql.conf` includes it last. */
export const settingsFile = 'panthera.conf'

export type Settings = Readonly<Record<string, string>>

/** Throws `postgres_invalid_setting`. */
export function checkSettings(settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(name)) {
      throw invalid(`${JSON.stringify(name)} is not the name of a setting`)
    }
    if (reserved.has(name)) throw invalid(`the setting ${name} belongs to the launcher`)
    if ([...value].some((character) => character < ' ')) {
      throw invalid(`the value of ${name} holds a control character`)
    }
  }
}

/** Content of `panthera.conf`; `overrides`, which were checked, win over our defaults. */
export function settingsText(layout: Layout, overrides: Settings): string {
  const settings = { ...defaults, log_directory: layout.log, ...overrides }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}`)
  return [
    '# Rewritten at every start; for changes of your own use ALTER SYSTEM.',
    ...lines,
    '',
  ].join('\n')
}

/** Arguments of `postgres`: no TCP, one private socket, and the label of its binaries. */
export function serverArguments(layout: Layout, label: string): string[] {
  const fixed = {
    listen_addresses: '',
    port: String(socketPort),
    unix_socket_directories: `"${layout.socketDirectory.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    unix_socket_group: '',
    'panthera.binaries': label,
  }
  const options = Object.entries(fixed).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', layout.cluster, ...options]
}

const defaults: Settings = {
  cluster_name: 'panthera',
  max_connections: '200',
  // Each node holds one as superuser, and must get in when an application has taken all others.
  superuser_reserved_connections: '10',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  // In containers that announce huge pages without granting them, `try` dies of a bus error.
  huge_pages: 'off',
  // The default of 4 assumes disks that turn.
  random_page_cost: '1.1',
  // Compiling takes longer than our short queries do.
  jit: 'off',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  wal_compression: 'on',
  checkpoint_timeout: '15min',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'on',
  log_filename: 'postgres-%Y%m%d-%H%M%S.log',
  log_file_mode: '0600',
  log_rotation_age: '0',
  // Of one file; how many are kept, `log-files.ts` says.
  log_rotation_size: '10MB',
  log_line_prefix: '%m [%p] %q%u@%d ',
  log_checkpoints: 'off',
  log_lock_waits: 'on',
}

/** Where these point elsewhere, the launcher no longer finds, guards or stops the server. */
const reserved = new Set([
  'config_file',
  'data_directory',
  'external_pid_file',
  'hba_file',
  'ident_file',
  'include',
  'include_dir',
  'include_if_exists',
  'listen_addresses',
  'log_directory',
  'log_filename',
  'logging_collector',
  'panthera.binaries',
  'port',
  'unix_socket_directories',
  'unix_socket_group',
  'unix_socket_permissions',
])

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

function invalid(message: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres_invalid_setting',
    message,
    'pass only names of PostgreSQL settings that do not concern files, sockets or the log',
  )
}
