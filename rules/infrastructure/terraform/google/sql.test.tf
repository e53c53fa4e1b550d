# expect: google-sql-open
resource "google_sql_database_instance" "bad_sql_open" {
  settings {
    ip_configuration {
      authorized_networks {
        value = "0.0.0.0/0"
      }
    }
  }
}

# ok: google-sql-open
resource "google_sql_database_instance" "good_sql_open" {
  settings {
    ip_configuration {
      authorized_networks {
        value = "198.51.100.0/24"
      }
    }
  }
}

# expect: google-sql-public-ip
resource "google_sql_database_instance" "bad_sql_public_ip" {
  settings {
    ip_configuration {
      ipv4_enabled = true
    }
  }
}

# ok: google-sql-public-ip
resource "google_sql_database_instance" "good_sql_public_ip" {
  settings {
    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network
    }
  }
}

# expect: google-sql-plain-connections
resource "google_sql_database_instance" "bad_sql_plain_connections" {
  settings {
    ip_configuration {
      ssl_mode = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
    }
  }
}

# ok: google-sql-plain-connections
resource "google_sql_database_instance" "good_sql_plain_connections" {
  settings {
    ip_configuration {
      ssl_mode = "ENCRYPTED_ONLY"
    }
  }
}

# expect: google-sql-backup
resource "google_sql_database_instance" "bad_sql_backup" {
  database_version = "POSTGRES_16"
}

# ok: google-sql-backup
resource "google_sql_database_instance" "good_sql_backup" {
  database_version = "POSTGRES_16"
  settings {
    backup_configuration {
      enabled = true
    }
  }
}

# expect: google-sql-local-infile
resource "google_sql_database_instance" "bad_sql_local_infile" {
  database_version = "MYSQL_8_0"
  settings {
    database_flags {
      name  = "local_infile"
      value = "on"
    }
  }
}

# ok: google-sql-local-infile
resource "google_sql_database_instance" "good_sql_local_infile" {
  database_version = "MYSQL_8_0"
}

# expect: google-sql-contained-authentication
resource "google_sql_database_instance" "bad_sql_contained_authentication" {
  database_version = "SQLSERVER_2019_STANDARD"
  settings {
    database_flags {
      name  = "contained database authentication"
      value = "on"
    }
  }
}

# ok: google-sql-contained-authentication
resource "google_sql_database_instance" "good_sql_contained_authentication" {
  database_version = "SQLSERVER_2019_STANDARD"
}

# expect: google-sql-cross-database-ownership
resource "google_sql_database_instance" "bad_sql_cross_database_ownership" {
  database_version = "SQLSERVER_2019_STANDARD"
  settings {
    database_flags {
      name  = "cross db ownership chaining"
      value = "on"
    }
  }
}

# ok: google-sql-cross-database-ownership
resource "google_sql_database_instance" "good_sql_cross_database_ownership" {
  database_version = "SQLSERVER_2019_STANDARD"
}

# expect: google-sql-postgres-log-connections
resource "google_sql_database_instance" "bad_sql_postgres_log_connections" {
  database_version = "POSTGRES_16"
}

# ok: google-sql-postgres-log-connections
resource "google_sql_database_instance" "good_sql_postgres_log_connections" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "log_connections"
      value = "on"
    }
  }
}

# expect: google-sql-postgres-log-disconnections
resource "google_sql_database_instance" "bad_sql_postgres_log_disconnections" {
  database_version = "POSTGRES_16"
}

# ok: google-sql-postgres-log-disconnections
resource "google_sql_database_instance" "good_sql_postgres_log_disconnections" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "log_disconnections"
      value = "on"
    }
  }
}

# expect: google-sql-postgres-log-checkpoints
resource "google_sql_database_instance" "bad_sql_postgres_log_checkpoints" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "log_checkpoints"
      value = "off"
    }
  }
}

# ok: google-sql-postgres-log-checkpoints
resource "google_sql_database_instance" "good_sql_postgres_log_checkpoints" {
  database_version = "POSTGRES_16"
}

# expect: google-sql-postgres-log-lock-waits
resource "google_sql_database_instance" "bad_sql_postgres_log_lock_waits" {
  database_version = "POSTGRES_16"
}

# ok: google-sql-postgres-log-lock-waits
resource "google_sql_database_instance" "good_sql_postgres_log_lock_waits" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
  }
}

# expect: google-sql-postgres-log-errors
resource "google_sql_database_instance" "bad_sql_postgres_log_errors" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "log_min_messages"
      value = "panic"
    }
  }
}

# ok: google-sql-postgres-log-errors
resource "google_sql_database_instance" "good_sql_postgres_log_errors" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "log_min_messages"
      value = "warning"
    }
  }
}

# expect: google-sql-postgres-log-statements
resource "google_sql_database_instance" "bad_sql_postgres_log_statements" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "log_min_duration_statement"
      value = "500"
    }
  }
}

# ok: google-sql-postgres-log-statements
resource "google_sql_database_instance" "good_sql_postgres_log_statements" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "log_min_duration_statement"
      value = "-1"
    }
  }
}

# expect: google-sql-postgres-log-temp-files
resource "google_sql_database_instance" "bad_sql_postgres_log_temp_files" {
  database_version = "POSTGRES_16"
}

# ok: google-sql-postgres-log-temp-files
resource "google_sql_database_instance" "good_sql_postgres_log_temp_files" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "log_temp_files"
      value = "0"
    }
  }
}
