# expect: azure-database-firewall-open
resource "azurerm_sql_firewall_rule" "bad_database_firewall_open" {
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}

# ok: azure-database-firewall-open
resource "azurerm_sql_firewall_rule" "good_database_firewall_open" {
  start_ip_address = "198.51.100.7"
  end_ip_address   = "198.51.100.7"
}

# expect: azure-database-public-network
resource "azurerm_mssql_server" "bad_database_public_network" {
  name = "orders"
}

# ok: azure-database-public-network
resource "azurerm_mssql_server" "good_database_public_network" {
  name                          = "orders"
  public_network_access_enabled = false
}

# expect: azure-cosmosdb-public-network
resource "azurerm_cosmosdb_account" "bad_cosmosdb_public_network" {
  name = "carts"
}

# ok: azure-cosmosdb-public-network
resource "azurerm_cosmosdb_account" "good_cosmosdb_public_network" {
  name            = "carts"
  ip_range_filter = ["198.51.100.7"]
}

# expect: azure-redis-plain
resource "azurerm_redis_cache" "bad_redis_plain" {
  non_ssl_port_enabled = true
}

# ok: azure-redis-plain
resource "azurerm_redis_cache" "good_redis_plain" {
  non_ssl_port_enabled = false
}

# expect: azure-database-plain-connections
resource "azurerm_mysql_server" "bad_database_plain_connections" {
  ssl_enforcement_enabled = false
}

# ok: azure-database-plain-connections
resource "azurerm_mysql_server" "good_database_plain_connections" {
  ssl_enforcement_enabled = true
}

# expect: azure-database-old-tls
resource "azurerm_mssql_server" "bad_database_old_tls" {
  minimum_tls_version = "1.0"
}

# ok: azure-database-old-tls
resource "azurerm_mssql_server" "good_database_old_tls" {
  minimum_tls_version = "1.2"
}

# expect: azure-sql-audit
resource "azurerm_mssql_server" "bad_sql_audit" {
  name = "unwatched"
}

# ok: azure-sql-audit
resource "azurerm_mssql_server" "good_sql_audit" {
  name = "watched"
}

resource "azurerm_mssql_server_extended_auditing_policy" "of_watched" {
  server_id = azurerm_mssql_server.good_sql_audit.id
}

# expect: azure-sql-audit-retention
resource "azurerm_mssql_server_extended_auditing_policy" "bad_sql_audit_retention" {
  server_id         = "elsewhere"
  retention_in_days = 30
}

# ok: azure-sql-audit-retention
resource "azurerm_mssql_server_extended_auditing_policy" "good_sql_audit_retention" {
  server_id         = "elsewhere"
  retention_in_days = 0
}

# expect: azure-sql-threat-alerts-disabled
resource "azurerm_mssql_server_security_alert_policy" "bad_sql_threat_alerts_disabled" {
  state           = "Enabled"
  disabled_alerts = ["Sql_Injection"]
}

# ok: azure-sql-threat-alerts-disabled
resource "azurerm_mssql_server_security_alert_policy" "good_sql_threat_alerts_disabled" {
  state = "Enabled"
}

# expect: azure-sql-threat-alert-email
resource "azurerm_mssql_server_security_alert_policy" "bad_sql_threat_alert_email" {
  state = "Enabled"
}

# ok: azure-sql-threat-alert-email
resource "azurerm_mssql_server_security_alert_policy" "good_sql_threat_alert_email" {
  state           = "Enabled"
  email_addresses = ["security@example.com"]
}

# expect: azure-sql-threat-alert-owners
resource "azurerm_mssql_server_security_alert_policy" "bad_sql_threat_alert_owners" {
  state = "Enabled"
}

# ok: azure-sql-threat-alert-owners
resource "azurerm_mssql_server_security_alert_policy" "good_sql_threat_alert_owners" {
  state                = "Enabled"
  email_account_admins = true
}

# expect: azure-postgresql-connection-throttling
resource "azurerm_postgresql_server" "bad_postgresql_connection_throttling" {
  name = "unset"
}

# ok: azure-postgresql-connection-throttling
resource "azurerm_postgresql_server" "good_postgresql_connection_throttling" {
  name = "set"
}

resource "azurerm_postgresql_configuration" "throttling" {
  server_name = azurerm_postgresql_server.good_postgresql_connection_throttling.name
  name        = "connection_throttling"
  value       = "on"
}

# expect: azure-postgresql-log-checkpoints
resource "azurerm_postgresql_server" "bad_postgresql_log_checkpoints" {
  name = "silent-checkpoints"
}

# ok: azure-postgresql-log-checkpoints
resource "azurerm_postgresql_server" "good_postgresql_log_checkpoints" {
  name = "logged-checkpoints"
}

resource "azurerm_postgresql_configuration" "checkpoints" {
  server_name = azurerm_postgresql_server.good_postgresql_log_checkpoints.name
  name        = "log_checkpoints"
  value       = "on"
}

# expect: azure-postgresql-log-connections
resource "azurerm_postgresql_server" "bad_postgresql_log_connections" {
  name = "silent-connections"
}

# ok: azure-postgresql-log-connections
resource "azurerm_postgresql_server" "good_postgresql_log_connections" {
  name = "logged-connections"
}

resource "azurerm_postgresql_configuration" "connections" {
  server_name = azurerm_postgresql_server.good_postgresql_log_connections.name
  name        = "log_connections"
  value       = "on"
}

# expect: azure-database-password-literal
resource "azurerm_mssql_server" "bad_database_password_literal" {
  administrator_login          = "operator"
  administrator_login_password = "${join("", ["written", "-here"])}"
}

# ok: azure-database-password-literal
resource "azurerm_mssql_server" "good_database_password_literal" {
  administrator_login          = "operator"
  administrator_login_password = var.password
}
