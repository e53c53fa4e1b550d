# expect: azure-aks-api-open
resource "azurerm_kubernetes_cluster" "bad_aks_api_open" {
  name = "shop"
}

# ok: azure-aks-api-open
resource "azurerm_kubernetes_cluster" "good_aks_api_open" {
  api_server_access_profile {
    authorized_ip_ranges = ["198.51.100.0/24"]
  }
}

# expect: azure-aks-private
resource "azurerm_kubernetes_cluster" "bad_aks_private" {
  name = "shop"
}

# ok: azure-aks-private
resource "azurerm_kubernetes_cluster" "good_aks_private" {
  private_cluster_enabled = true
}

# expect: azure-aks-rbac
resource "azurerm_kubernetes_cluster" "bad_aks_rbac" {
  role_based_access_control_enabled = false
}

# ok: azure-aks-rbac
resource "azurerm_kubernetes_cluster" "good_aks_rbac" {
  role_based_access_control_enabled = true
}

# expect: azure-aks-local-accounts
resource "azurerm_kubernetes_cluster" "bad_aks_local_accounts" {
  local_account_disabled = false
}

# ok: azure-aks-local-accounts
resource "azurerm_kubernetes_cluster" "good_aks_local_accounts" {
  local_account_disabled = true
}

# expect: azure-aks-network-policy
resource "azurerm_kubernetes_cluster" "bad_aks_network_policy" {
  network_profile {
    network_plugin = "azure"
  }
}

# ok: azure-aks-network-policy
resource "azurerm_kubernetes_cluster" "good_aks_network_policy" {
  network_profile {
    network_plugin = "azure"
    network_policy = "cilium"
  }
}

# expect: azure-aks-logging
resource "azurerm_kubernetes_cluster" "bad_aks_logging" {
  name = "shop"
}

# ok: azure-aks-logging
resource "azurerm_kubernetes_cluster" "good_aks_logging" {
  oms_agent {
    log_analytics_workspace_id = azurerm_log_analytics_workspace.all.id
  }
}

# expect: azure-aks-policy-addon
resource "azurerm_kubernetes_cluster" "bad_aks_policy_addon" {
  azure_policy_enabled = false
}

# ok: azure-aks-policy-addon
resource "azurerm_kubernetes_cluster" "good_aks_policy_addon" {
  azure_policy_enabled = true
}

# expect: azure-aks-disk-customer-key
resource "azurerm_kubernetes_cluster" "bad_aks_disk_customer_key" {
  name = "shop"
}

# ok: azure-aks-disk-customer-key
resource "azurerm_kubernetes_cluster" "good_aks_disk_customer_key" {
  disk_encryption_set_id = azurerm_disk_encryption_set.own.id
}

# expect: azure-registry-admin
resource "azurerm_container_registry" "bad_registry_admin" {
  admin_enabled = true
}

# ok: azure-registry-admin
resource "azurerm_container_registry" "good_registry_admin" {
  admin_enabled = false
}

# expect: azure-registry-anonymous-pull
resource "azurerm_container_registry" "bad_registry_anonymous_pull" {
  anonymous_pull_enabled = true
}

# ok: azure-registry-anonymous-pull
resource "azurerm_container_registry" "good_registry_anonymous_pull" {
  anonymous_pull_enabled = false
}
