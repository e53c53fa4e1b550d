# expect: azure-automation-variable-clear
resource "azurerm_automation_variable_bool" "bad1" {
  name = "a"
}

# ok: azure-automation-variable-clear
resource "azurerm_automation_variable_bool" "good2" {
  encrypted = true
}

# expect: azure-service-fabric-unsigned
resource "azurerm_service_fabric_cluster" "bad3" {
  name = "apps"
}

# ok: azure-service-fabric-unsigned
resource "azurerm_service_fabric_cluster" "good4" {
  fabric_settings {
    name = "Security"
    parameters = {
      ClusterProtectionLevel = "EncryptAndSign"
    }
  }
}

# expect: azure-container-group-public
resource "azurerm_container_group" "bad5" {
  name = "job"
}

# ok: azure-container-group-public
resource "azurerm_container_group" "good6" {
  subnet_ids = [var.subnet]
}

# expect: azure-container-group-secret
resource "azurerm_container_group" "bad7" {
  container {
    name = "a"
    environment_variables = {
      DB_PASSWORD = "x"
    }
  }
}

# ok: azure-container-group-secret
resource "azurerm_container_group" "good8" {
  container {
    name = "a"
    environment_variables = {
      STAGE = "live"
    }
  }
}

# expect: azure-management-no-network
resource "azurerm_api_management" "bad9" {
  name = "api"
}

# ok: azure-management-no-network
resource "azurerm_api_management" "good10" {
  virtual_network_configuration {
    subnet_id = var.subnet
  }
}

# expect: azure-http-public
resource "azurerm_network_security_rule" "bad11" {
  access                 = "Allow"
  direction              = "Inbound"
  destination_port_range = "80"
  source_address_prefix  = "*"
}

# ok: azure-http-public
resource "azurerm_network_security_rule" "good12" {
  access                 = "Allow"
  direction              = "Inbound"
  destination_port_range = "80"
  source_address_prefix  = "10.0.0.0/8"
}

# expect: azure-udp-public
resource "azurerm_network_security_rule" "bad13" {
  access                = "Allow"
  direction             = "Inbound"
  protocol              = "Udp"
  source_address_prefix = "*"
}

# ok: azure-udp-public
resource "azurerm_network_security_rule" "good14" {
  access                = "Allow"
  direction             = "Inbound"
  protocol              = "Udp"
  source_address_prefix = "10.0.0.0/8"
}

# expect: azure-scale-set-password
resource "azurerm_linux_virtual_machine_scale_set" "bad15" {
  disable_password_authentication = false
}

# ok: azure-scale-set-password
resource "azurerm_linux_virtual_machine_scale_set" "good16" {
  disable_password_authentication = true
}

# expect: azure-machine-extensions
resource "azurerm_linux_virtual_machine" "bad17" {
  allow_extension_operations = true
}

# ok: azure-machine-extensions
resource "azurerm_linux_virtual_machine" "good18" {
  allow_extension_operations = false
}

# expect: azure-aks-key-rotation
resource "azurerm_kubernetes_cluster" "bad19" {
  key_vault_secrets_provider {
    secret_rotation_enabled = false
  }
}

# ok: azure-aks-key-rotation
resource "azurerm_kubernetes_cluster" "good20" {
  key_vault_secrets_provider {
    secret_rotation_enabled = true
  }
}

# expect: azure-aks-not-upgraded
resource "azurerm_kubernetes_cluster" "bad21" {
  name = "main"
}

# ok: azure-aks-not-upgraded
resource "azurerm_kubernetes_cluster" "good22" {
  automatic_upgrade_channel = "patch"
}

# expect: azure-aks-host-encryption
resource "azurerm_kubernetes_cluster" "bad23" {
  name = "main"
}

# ok: azure-aks-host-encryption
resource "azurerm_kubernetes_cluster" "good24" {
  default_node_pool {
    name                    = "a"
    host_encryption_enabled = true
  }
}

# expect: azure-storage-local-users
resource "azurerm_storage_account" "bad25" {
  local_user_enabled = true
}

# ok: azure-storage-local-users
resource "azurerm_storage_account" "good26" {
  local_user_enabled = false
}

# expect: azure-key-vault-public
resource "azurerm_key_vault" "bad27" {
  name = "v"
}

# ok: azure-key-vault-public
resource "azurerm_key_vault" "good28" {
  public_network_access_enabled = false
}

# ok: azure-key-vault-public
resource "azurerm_key_vault" "good29" {
  network_acls {
    default_action = "Deny"
  }
}

# expect: azure-database-infrastructure-encryption
resource "azurerm_postgresql_server" "bad30" {
  sku_name = "GP_Gen5_2"
}

# ok: azure-database-infrastructure-encryption
resource "azurerm_postgresql_server" "good31" {
  infrastructure_encryption_enabled = true
}

# expect: azure-database-threat-detection
resource "azurerm_postgresql_server" "bad32" {
  sku_name = "GP_Gen5_2"
}

# ok: azure-database-threat-detection
resource "azurerm_postgresql_server" "good33" {
  threat_detection_policy {
    enabled = true
  }
}

# expect: azure-cosmos-key-writes
resource "azurerm_cosmosdb_account" "bad34" {
  kind = "GlobalDocumentDB"
}

# ok: azure-cosmos-key-writes
resource "azurerm_cosmosdb_account" "good35" {
  access_key_metadata_writes_enabled = false
}

# expect: azure-app-public
resource "azurerm_linux_web_app" "bad36" {
  public_network_access_enabled = true
}

# ok: azure-app-public
resource "azurerm_linux_web_app" "good37" {
  public_network_access_enabled = false
}

# expect: azure-app-slot-debugging
resource "azurerm_app_service_slot" "bad38" {
  site_config {
    remote_debugging_enabled = true
  }
}

# ok: azure-app-slot-debugging
resource "azurerm_app_service_slot" "good39" {
  site_config {
    remote_debugging_enabled = false
  }
}

# expect: azure-app-slot-plain
resource "azurerm_app_service_slot" "bad40" {
  name = "next"
}

# ok: azure-app-slot-plain
resource "azurerm_app_service_slot" "good41" {
  https_only = true
}

# expect: azure-app-slot-old-tls
resource "azurerm_app_service_slot" "bad42" {
  site_config {
    min_tls_version = "1.0"
  }
}

# ok: azure-app-slot-old-tls
resource "azurerm_app_service_slot" "good43" {
  site_config {
    min_tls_version = "1.2"
  }
}

# expect: azure-synapse-exfiltration
resource "azurerm_synapse_workspace" "bad44" {
  name = "dw"
}

# ok: azure-synapse-exfiltration
resource "azurerm_synapse_workspace" "good45" {
  data_exfiltration_protection_enabled = true
}
