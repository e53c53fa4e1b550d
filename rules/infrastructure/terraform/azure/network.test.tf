# expect: azure-nsg-rule-ssh-public
resource "azurerm_network_security_rule" "bad_nsg_rule_ssh_public" {
  direction              = "Inbound"
  access                 = "Allow"
  protocol               = "Tcp"
  destination_port_range = "20-30"
  source_address_prefix  = "Internet"
}

# ok: azure-nsg-rule-ssh-public
resource "azurerm_network_security_rule" "good_nsg_rule_ssh_public" {
  direction              = "Inbound"
  access                 = "Allow"
  protocol               = "Tcp"
  destination_port_range = "22"
  source_address_prefix  = "198.51.100.7"
}

# expect: azure-nsg-ssh-public
resource "azurerm_network_security_group" "bad_nsg_ssh_public" {
  security_rule {
    direction               = "Inbound"
    access                  = "Allow"
    protocol                = "*"
    destination_port_ranges = ["443", "22"]
    source_address_prefix   = "*"
  }
}

# ok: azure-nsg-ssh-public
resource "azurerm_network_security_group" "good_nsg_ssh_public" {
  security_rule {
    direction               = "Inbound"
    access                  = "Deny"
    protocol                = "*"
    destination_port_ranges = ["443", "22"]
    source_address_prefix   = "*"
  }
}

# expect: azure-nsg-rule-rdp-public
resource "azurerm_network_security_rule" "bad_nsg_rule_rdp_public" {
  direction               = "Inbound"
  access                  = "Allow"
  protocol                = "Tcp"
  destination_port_range  = "3389"
  source_address_prefixes = ["0.0.0.0/0"]
}

# ok: azure-nsg-rule-rdp-public
resource "azurerm_network_security_rule" "good_nsg_rule_rdp_public" {
  direction               = "Inbound"
  access                  = "Allow"
  protocol                = "Tcp"
  destination_port_range  = "3389"
  source_address_prefixes = var.offices
}

# expect: azure-nsg-rdp-public
resource "azurerm_network_security_group" "bad_nsg_rdp_public" {
  security_rule {
    direction              = "Inbound"
    access                 = "Allow"
    protocol               = "Tcp"
    destination_port_range = "3389"
    source_address_prefix  = "*"
  }
}

# ok: azure-nsg-rdp-public
resource "azurerm_network_security_group" "good_nsg_rdp_public" {
  security_rule {
    direction              = "Outbound"
    access                 = "Allow"
    protocol               = "Tcp"
    destination_port_range = "3389"
    source_address_prefix  = "*"
  }
}

# expect: azure-nsg-sensitive-port-public
resource "azurerm_network_security_group" "bad_nsg_sensitive_port_public" {
  security_rule {
    direction              = "Inbound"
    access                 = "Allow"
    protocol               = "Tcp"
    destination_port_range = "445"
    source_address_prefix  = "*"
  }
}

# ok: azure-nsg-sensitive-port-public
resource "azurerm_network_security_group" "good_nsg_sensitive_port_public" {
  security_rule {
    direction              = "Inbound"
    access                 = "Allow"
    protocol               = "Tcp"
    destination_port_range = "443"
    source_address_prefix  = "*"
  }
}

# expect: azure-nsg-rule-sensitive-port-public
resource "azurerm_network_security_rule" "bad_nsg_rule_sensitive_port_public" {
  direction              = "Inbound"
  access                 = "Allow"
  protocol               = "Tcp"
  destination_port_range = "1433"
  source_address_prefix  = "*"
}

# ok: azure-nsg-rule-sensitive-port-public
resource "azurerm_network_security_rule" "good_nsg_rule_sensitive_port_public" {
  direction              = "Inbound"
  access                 = "Allow"
  protocol               = "Tcp"
  destination_port_range = "1433"
  source_address_prefix  = "VirtualNetwork"
}

# expect: azure-nsg-rule-public-ingress
resource "azurerm_network_security_rule" "bad_nsg_rule_public_ingress" {
  direction              = "Inbound"
  access                 = "Allow"
  protocol               = "Tcp"
  destination_port_range = "8080"
  source_address_prefix  = "*"
}

# ok: azure-nsg-rule-public-ingress
resource "azurerm_network_security_rule" "good_nsg_rule_public_ingress" {
  direction              = "Inbound"
  access                 = "Allow"
  protocol               = "Tcp"
  destination_port_range = "443"
  source_address_prefix  = "*"
}

# expect: azure-nsg-rule-public-egress
resource "azurerm_network_security_rule" "bad_nsg_rule_public_egress" {
  direction                  = "Outbound"
  access                     = "Allow"
  destination_address_prefix = "*"
}

# ok: azure-nsg-rule-public-egress
resource "azurerm_network_security_rule" "good_nsg_rule_public_egress" {
  direction                  = "Outbound"
  access                     = "Allow"
  destination_address_prefix = "10.0.0.0/8"
}

# expect: azure-network-interface-public-ip
resource "azurerm_network_interface" "bad_network_interface_public_ip" {
  ip_configuration {
    name                 = "main"
    public_ip_address_id = azurerm_public_ip.web.id
  }
}

# ok: azure-network-interface-public-ip
resource "azurerm_network_interface" "good_network_interface_public_ip" {
  ip_configuration {
    name = "main"
  }
}

resource "azurerm_public_ip" "web" {
  name = "web"
}

# expect: azure-network-interface-forwarding
resource "azurerm_network_interface" "bad_network_interface_forwarding" {
  ip_forwarding_enabled = true
}

# ok: azure-network-interface-forwarding
resource "azurerm_network_interface" "good_network_interface_forwarding" {
  ip_forwarding_enabled = false
}

# expect: azure-flow-log-disabled
resource "azurerm_network_watcher_flow_log" "bad_flow_log_disabled" {
  enabled = false
}

# ok: azure-flow-log-disabled
resource "azurerm_network_watcher_flow_log" "good_flow_log_disabled" {
  enabled = true
}

# expect: azure-flow-log-retention
resource "azurerm_network_watcher_flow_log" "bad_flow_log_retention" {
  enabled = true
  retention_policy {
    enabled = true
    days    = 30
  }
}

# ok: azure-flow-log-retention
resource "azurerm_network_watcher_flow_log" "good_flow_log_retention" {
  enabled = true
  retention_policy {
    enabled = true
    days    = 365
  }
}
