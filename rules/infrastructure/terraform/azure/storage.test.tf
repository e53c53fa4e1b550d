# expect: azure-storage-container-public
resource "azurerm_storage_container" "bad_storage_container_public" {
  name                  = "invoices"
  container_access_type = "container"
}

# ok: azure-storage-container-public
resource "azurerm_storage_container" "good_storage_container_public" {
  name                  = "invoices"
  container_access_type = "private"
}

# expect: azure-storage-public-blobs-allowed
resource "azurerm_storage_account" "bad_storage_public_blobs_allowed" {
  name                            = "shop"
  allow_nested_items_to_be_public = true
}

# ok: azure-storage-public-blobs-allowed
resource "azurerm_storage_account" "good_storage_public_blobs_allowed" {
  name                            = "shop"
  allow_nested_items_to_be_public = false
}

# expect: azure-storage-plain-http
resource "azurerm_storage_account" "bad_storage_plain_http" {
  name                       = "shop"
  https_traffic_only_enabled = false
}

# ok: azure-storage-plain-http
resource "azurerm_storage_account" "good_storage_plain_http" {
  name = "shop"
}

# expect: azure-storage-old-tls
resource "azurerm_storage_account" "bad_storage_old_tls" {
  name            = "shop"
  min_tls_version = "TLS1_1"
}

# ok: azure-storage-old-tls
resource "azurerm_storage_account" "good_storage_old_tls" {
  name            = "shop"
  min_tls_version = "TLS1_2"
}

# expect: azure-storage-network-open
resource "azurerm_storage_account" "bad_storage_network_open" {
  name = "shop"
  network_rules {
    default_action = "Allow"
  }
}

# ok: azure-storage-network-open
resource "azurerm_storage_account" "good_storage_network_open" {
  name = "shop"
  network_rules {
    default_action = "Deny"
  }
}

# expect: azure-storage-services-blocked
resource "azurerm_storage_account_network_rules" "bad_storage_services_blocked" {
  storage_account_id = var.account
  default_action     = "Deny"
  bypass             = ["Metrics"]
}

# ok: azure-storage-services-blocked
resource "azurerm_storage_account_network_rules" "good_storage_services_blocked" {
  storage_account_id = var.account
  default_action     = "Deny"
  bypass             = ["Metrics", "AzureServices"]
}

# expect: azure-storage-shared-key
resource "azurerm_storage_account" "bad_storage_shared_key" {
  name                      = "shop"
  shared_access_key_enabled = true
}

# ok: azure-storage-shared-key
resource "azurerm_storage_account" "good_storage_shared_key" {
  name                      = "shop"
  shared_access_key_enabled = false
}

# expect: azure-storage-customer-key
resource "azurerm_storage_account" "bad_storage_customer_key" {
  name = "servicekey"
}

# ok: azure-storage-customer-key
resource "azurerm_storage_account" "good_storage_customer_key" {
  name = "ownkey"
  customer_managed_key {
    key_vault_key_id = azurerm_key_vault_key.own.id
  }
}

resource "azurerm_storage_container" "in_service_key" {
  name                 = "images"
  storage_account_name = azurerm_storage_account.bad_storage_customer_key.name
}

resource "azurerm_storage_container" "in_own_key" {
  name               = "images"
  storage_account_id = azurerm_storage_account.good_storage_customer_key.id
}

# expect: azure-storage-infrastructure-encryption
resource "azurerm_storage_account" "bad_storage_infrastructure_encryption" {
  name = "shop"
}

# ok: azure-storage-infrastructure-encryption
resource "azurerm_storage_account" "good_storage_infrastructure_encryption" {
  name                              = "shop"
  infrastructure_encryption_enabled = true
}

# expect: azure-storage-soft-delete
resource "azurerm_storage_account" "bad_storage_soft_delete" {
  name = "shop"
  blob_properties {
    delete_retention_policy {
      days = 0
    }
  }
}

# ok: azure-storage-soft-delete
resource "azurerm_storage_account" "good_storage_soft_delete" {
  name = "shop"
  blob_properties {
    delete_retention_policy {
      days = 14
    }
  }
}

# expect: azure-storage-replication
resource "azurerm_storage_account" "bad_storage_replication" {
  name                     = "shop"
  account_replication_type = "LRS"
}

# ok: azure-storage-replication
resource "azurerm_storage_account" "good_storage_replication" {
  name                     = "shop"
  account_replication_type = "GRS"
}

# expect: azure-storage-queue-logging
resource "azurerm_storage_account" "bad_storage_queue_logging" {
  name = "shop"
}

# ok: azure-storage-queue-logging
resource "azurerm_storage_account" "good_storage_queue_logging" {
  name = "shop"
  queue_properties {
    logging {
      delete  = true
      read    = true
      write   = true
      version = "1.0"
    }
  }
}
