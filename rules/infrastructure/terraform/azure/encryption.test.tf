# expect: azure-data-customer-key
resource "azurerm_managed_disk" "bad" {
  disk_size_gb = 10
}

# ok: azure-data-customer-key
resource "azurerm_managed_disk" "good" {
  disk_encryption_set_id = var.set
}

# ok: azure-data-customer-key
resource "azurerm_servicebus_namespace" "good" {
  customer_managed_key {
    key_vault_key_id = var.key
  }
}

# expect: azure-machine-disk-clear
resource "azurerm_windows_virtual_machine" "bad1" {
  size = "Standard_B2s"
}

# ok: azure-machine-disk-clear
resource "azurerm_windows_virtual_machine" "good2" {
  encryption_at_host_enabled = true
}

# expect: azure-data-explorer-unencrypted
resource "azurerm_kusto_cluster" "bad3" {
  name = "logs"
}

# ok: azure-data-explorer-unencrypted
resource "azurerm_kusto_cluster" "good4" {
  disk_encryption_enabled   = true
  double_encryption_enabled = true
}

# expect: azure-service-old-tls
resource "azurerm_servicebus_namespace" "bad5" {
  minimum_tls_version = "1.1"
}

# ok: azure-service-old-tls
resource "azurerm_servicebus_namespace" "good6" {
  minimum_tls_version = "1.2"
}

# expect: azure-gateway-old-protocols
resource "azurerm_api_management" "bad7" {
  security {
    enable_frontend_tls10 = true
  }
}

# ok: azure-gateway-old-protocols
resource "azurerm_api_management" "good8" {
  security {
    enable_frontend_tls10 = false
  }
}

# expect: azure-api-backend-plain
resource "azurerm_api_management_backend" "bad9" {
  url = "http://backend.example.com"
}

# ok: azure-api-backend-plain
resource "azurerm_api_management_backend" "good10" {
  url = "https://backend.example.com"
}

# expect: azure-api-client-certificate
resource "azurerm_api_management" "bad11" {
  sku_name = "Consumption_0"
}

# ok: azure-api-client-certificate
resource "azurerm_api_management" "good12" {
  sku_name                   = "Consumption_0"
  client_certificate_enabled = true
}

# expect: azure-cdn-plain-http
resource "azurerm_cdn_endpoint" "bad13" {
  name = "files"
}

# ok: azure-cdn-plain-http
resource "azurerm_cdn_endpoint" "good14" {
  is_http_allowed  = false
  is_https_allowed = true
}

# expect: azure-spring-plain
resource "azurerm_spring_cloud_app" "bad15" {
  name = "shop"
}

# ok: azure-spring-plain
resource "azurerm_spring_cloud_app" "good16" {
  tls_enabled = true
}

# expect: azure-app-no-detail-errors
resource "azurerm_app_service" "bad17" {
  name = "web"
}

# ok: azure-app-no-detail-errors
resource "azurerm_app_service" "good18" {
  logs {
    detailed_error_messages = true
    failed_request_tracing  = true
  }
}

# expect: azure-machine-no-patches
resource "azurerm_windows_virtual_machine" "bad19" {
  enable_automatic_updates = false
}

# ok: azure-machine-no-patches
resource "azurerm_windows_virtual_machine" "good20" {
  size = "Standard_B2s"
}

# expect: azure-data-purge
resource "azurerm_app_configuration" "bad21" {
  sku = "standard"
}

# ok: azure-data-purge
resource "azurerm_app_configuration" "good22" {
  sku                      = "standard"
  purge_protection_enabled = true
}

# expect: azure-openai-exfiltration
resource "azurerm_cognitive_account" "bad23" {
  kind = "OpenAI"
}

# ok: azure-openai-exfiltration
resource "azurerm_cognitive_account" "good24" {
  kind                               = "OpenAI"
  outbound_network_access_restricted = true
  fqdns                              = ["example.com"]
}

# expect: azure-sql-alerts-missing
resource "azurerm_synapse_sql_pool" "bad25" {
  name = "alone"
}

# ok: azure-sql-alerts-missing
resource "azurerm_synapse_sql_pool" "watched" {
  name = "watched"
}

resource "azurerm_synapse_sql_pool_security_alert_policy" "on" {
  sql_pool_id  = azurerm_synapse_sql_pool.watched.id
  policy_state = "Enabled"
}
