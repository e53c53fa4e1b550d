# expect: azure-key-vault-network-open
resource "azurerm_key_vault" "bad_key_vault_network_open" {
  name = "shop"
}

# ok: azure-key-vault-network-open
resource "azurerm_key_vault" "good_key_vault_network_open" {
  network_acls {
    bypass         = "AzureServices"
    default_action = "Deny"
  }
}

# expect: azure-key-vault-purge-protection
resource "azurerm_key_vault" "bad_key_vault_purge_protection" {
  name = "shop"
}

# ok: azure-key-vault-purge-protection
resource "azurerm_key_vault" "good_key_vault_purge_protection" {
  purge_protection_enabled = true
}

# expect: azure-key-vault-key-expiry
resource "azurerm_key_vault_key" "bad_key_vault_key_expiry" {
  key_type = "RSA"
}

# ok: azure-key-vault-key-expiry
resource "azurerm_key_vault_key" "good_key_vault_key_expiry" {
  key_type = "RSA"
  rotation_policy {
    expire_after = "P90D"
  }
}

# expect: azure-key-vault-secret-expiry
resource "azurerm_key_vault_secret" "bad_key_vault_secret_expiry" {
  name = "registry"
}

# ok: azure-key-vault-secret-expiry
resource "azurerm_key_vault_secret" "good_key_vault_secret_expiry" {
  name            = "registry"
  expiration_date = var.expires
}

# expect: azure-key-vault-secret-content-type
resource "azurerm_key_vault_secret" "bad_key_vault_secret_content_type" {
  name = "registry"
}

# ok: azure-key-vault-secret-content-type
resource "azurerm_key_vault_secret" "good_key_vault_secret_content_type" {
  name         = "registry"
  content_type = "token of the registry"
}
