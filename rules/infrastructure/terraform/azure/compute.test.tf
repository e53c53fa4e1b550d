# expect: azure-vm-password-login
resource "azurerm_linux_virtual_machine" "bad_vm_password_login" {
  disable_password_authentication = false
}

# ok: azure-vm-password-login
resource "azurerm_linux_virtual_machine" "good_vm_password_login" {
  disable_password_authentication = true
}

# expect: azure-vm-custom-data-secret
resource "azurerm_linux_virtual_machine" "bad_vm_custom_data_secret" {
  custom_data = base64encode("export API_KEY=${join("", ["not-", "a-real-one"])}")
}

# ok: azure-vm-custom-data-secret
resource "azurerm_linux_virtual_machine" "good_vm_custom_data_secret" {
  custom_data = base64encode("export GREETING=hello")
}

# expect: azure-vm-admin-password-literal
resource "azurerm_windows_virtual_machine" "bad_vm_admin_password_literal" {
  admin_username = "operator"
  admin_password = "${join("", ["written", "-here"])}"
}

# ok: azure-vm-admin-password-literal
resource "azurerm_windows_virtual_machine" "good_vm_admin_password_literal" {
  admin_username = "operator"
  admin_password = random_password.vm.result
}

# expect: azure-disk-unencrypted
resource "azurerm_managed_disk" "bad_disk_unencrypted" {
  encryption_settings {
    enabled = false
  }
}

# ok: azure-disk-unencrypted
resource "azurerm_managed_disk" "good_disk_unencrypted" {
  encryption_settings {
    enabled = true
  }
}

# expect: azure-vm-network-no-security-group
resource "azurerm_network_interface" "bad_vm_network_no_security_group" {
  name = "open"
}

# ok: azure-vm-network-no-security-group
resource "azurerm_network_interface" "good_vm_network_no_security_group" {
  name = "filtered"
}

resource "azurerm_linux_virtual_machine" "both" {
  network_interface_ids = [azurerm_network_interface.bad_vm_network_no_security_group.id, azurerm_network_interface.good_vm_network_no_security_group.id]
}

resource "azurerm_network_interface_security_group_association" "filtered" {
  network_interface_id      = azurerm_network_interface.good_vm_network_no_security_group.id
  network_security_group_id = var.group
}

# expect: azure-role-too-wide
resource "azurerm_role_definition" "bad_role_too_wide" {
  permissions {
    actions = ["*"]
  }
  assignable_scopes = ["/"]
}

# ok: azure-role-too-wide
resource "azurerm_role_definition" "good_role_too_wide" {
  permissions {
    actions = ["*"]
  }
  assignable_scopes = [var.subscription]
}

# expect: azure-role-makes-roles
resource "azurerm_role_definition" "bad_role_makes_roles" {
  permissions {
    actions = ["Microsoft.Authorization/*"]
  }
}

# ok: azure-role-makes-roles
resource "azurerm_role_definition" "good_role_makes_roles" {
  permissions {
    actions = ["Microsoft.Authorization/*/read"]
  }
}

# expect: azure-data-factory-public
resource "azurerm_data_factory" "bad_data_factory_public" {
  name = "clicks"
}

# ok: azure-data-factory-public
resource "azurerm_data_factory" "good_data_factory_public" {
  public_network_enabled = false
}

# expect: azure-data-lake-unencrypted
resource "azurerm_data_lake_store" "bad_data_lake_unencrypted" {
  encryption_state = "Disabled"
}

# ok: azure-data-lake-unencrypted
resource "azurerm_data_lake_store" "good_data_lake_unencrypted" {
  encryption_state = "Enabled"
}

# expect: azure-synapse-network
resource "azurerm_synapse_workspace" "bad_synapse_network" {
  name = "clicks"
}

# ok: azure-synapse-network
resource "azurerm_synapse_workspace" "good_synapse_network" {
  managed_virtual_network_enabled = true
}
