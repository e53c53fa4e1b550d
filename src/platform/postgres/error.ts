// What can go wrong between "start" and a database that answers, each with what to do next.

export type EmbeddedPostgresErrorCode =
  | 'postgres_unavailable'
  | 'postgres_data_dir_unusable'
  | 'postgres_wrong_owner'
  | 'postgres_cluster_damaged'
  | 'postgres_major_mismatch'
  | 'postgres_init_failed'
  | 'postgres_start_failed'
  | 'postgres_busy'
  | 'postgres_invalid_setting'
  | 'postgres_invalid_database_name'

/** `message` says what was found, `fix` what the operator can do; neither ever holds a password. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode
  /** One sentence without a full stop. */
  readonly fix: string

  constructor(code: EmbeddedPostgresErrorCode, message: string, fix: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'EmbeddedPostgresError'
    this.code = code
    this.fix = fix
  }
}

/** The way out that always exists. */
export const useDatabaseUrl = 'set DATABASE_URL to a PostgreSQL 15 or later of your own'
