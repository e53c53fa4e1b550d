# expect: azure-local-login
resource "azurerm_eventgrid_domain" "bad" {
  name = "events"
}

# ok: azure-local-login
resource "azurerm_eventgrid_domain" "good" {
  local_auth_enabled = false
}

# ok: azure-local-login
resource "azurerm_cosmosdb_account" "good" {
  local_authentication_disabled = true
}

# expect: azure-no-managed-identity
resource "azurerm_search_service" "bad" {
  sku = "standard"
}

# ok: azure-no-managed-identity
resource "azurerm_search_service" "good" {
  identity {
    type = "SystemAssigned"
  }
}

# expect: azure-service-fabric-no-directory
resource "azurerm_service_fabric_cluster" "bad1" {
  name = "apps"
}

# ok: azure-service-fabric-no-directory
resource "azurerm_service_fabric_cluster" "good2" {
  azure_active_directory {
    tenant_id = var.tenant
  }
}

# expect: azure-database-no-directory-administrator
resource "azurerm_mssql_server" "bad" {
  name = "lone"
}

# ok: azure-database-no-directory-administrator
resource "azurerm_mssql_server" "good" {
  name = "joined"
  azuread_administrator {
    login_username = "dba"
  }
}

# expect: azure-role-trust-any-branch
resource "azuread_application_federated_identity_credential" "bad3" {
  issuer  = "https://token.actions.githubusercontent.com"
  subject = "repo:org/*"
}

# ok: azure-role-trust-any-branch
resource "azuread_application_federated_identity_credential" "good4" {
  issuer  = "https://token.actions.githubusercontent.com"
  subject = "repo:org/app:environment:live"
}

# expect: azure-identity-trust-any-branch
resource "azurerm_federated_identity_credential" "bad5" {
  issuer  = "https://token.actions.githubusercontent.com"
  subject = "repo:org/*"
}

# ok: azure-identity-trust-any-branch
resource "azurerm_federated_identity_credential" "good6" {
  issuer  = "https://token.actions.githubusercontent.com"
  subject = "repo:org/app:environment:live"
}

# expect: azure-registry-unsigned-images
resource "azurerm_container_registry" "bad7" {
  sku = "Premium"
}

# ok: azure-registry-unsigned-images
resource "azurerm_container_registry" "good8" {
  sku                  = "Premium"
  trust_policy_enabled = true
}

# expect: azure-storage-sas-long
resource "azurerm_storage_account" "bad9" {
  sas_policy {
    expiration_period = "900.00:00:00"
  }
}

# ok: azure-storage-sas-long
resource "azurerm_storage_account" "good10" {
  sas_policy {
    expiration_period = "1.00:00:00"
  }
}
