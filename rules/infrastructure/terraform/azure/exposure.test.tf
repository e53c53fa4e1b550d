# expect: azure-service-public-network
resource "azurerm_eventgrid_domain" "bad" {
  name = "events"
}

# expect: azure-service-public-network
resource "azurerm_servicebus_namespace" "bad" {
  public_network_access_enabled = true
}

# ok: azure-service-public-network
resource "azurerm_eventgrid_domain" "good" {
  public_network_access_enabled = false
}

# ok: azure-service-public-network
resource "azurerm_app_configuration" "good" {
  public_network_access = "Disabled"
}

# ok: azure-service-public-network
resource "azurerm_cognitive_account" "good" {
  network_acls {
    default_action = "Deny"
  }
}

# expect: azure-portal-public
resource "azurerm_spring_cloud_api_portal" "bad1" {
  public_network_access_enabled = true
}

# ok: azure-portal-public
resource "azurerm_spring_cloud_api_portal" "good2" {
  public_network_access_enabled = false
}

# expect: azure-kubernetes-node-public
resource "azurerm_kubernetes_cluster" "bad3" {
  default_node_pool {
    name                   = "main"
    node_public_ip_enabled = true
  }
}

# ok: azure-kubernetes-node-public
resource "azurerm_kubernetes_cluster" "good4" {
  default_node_pool {
    name = "main"
  }
}

# expect: azure-kubernetes-http-routing
resource "azurerm_kubernetes_cluster" "bad5" {
  http_application_routing_enabled = true
}

# ok: azure-kubernetes-http-routing
resource "azurerm_kubernetes_cluster" "good6" {
  name = "main"
}

# expect: azure-gateway-no-waf
resource "azurerm_application_gateway" "bad7" {
  sku {
    name = "Standard_v2"
    tier = "Standard_v2"
  }
}

# ok: azure-gateway-no-waf
resource "azurerm_application_gateway" "good8" {
  waf_configuration {
    enabled = true
  }
}

# ok: azure-gateway-no-waf
resource "azurerm_application_gateway" "good9" {
  firewall_policy_id = var.policy
}

# expect: azure-front-door-no-waf
resource "azurerm_frontdoor" "bad10" {
  frontend_endpoint {
    name = "web"
  }
}

# ok: azure-front-door-no-waf
resource "azurerm_frontdoor" "good11" {
  frontend_endpoint {
    name                                    = "web"
    web_application_firewall_policy_link_id = var.policy
  }
}

# expect: azure-waf-off
resource "azurerm_web_application_firewall_policy" "bad12" {
  policy_settings {
    enabled = true
    mode    = "Detection"
  }
}

# ok: azure-waf-off
resource "azurerm_web_application_firewall_policy" "good13" {
  policy_settings {
    enabled = true
    mode    = "Prevention"
  }
}

# expect: azure-firewall-intelligence
resource "azurerm_firewall" "bad" {
  threat_intel_mode = "Alert"
}

# ok: azure-firewall-intelligence
resource "azurerm_firewall" "good" {
  threat_intel_mode = "Deny"
}

# expect: azure-search-open
resource "azurerm_search_service" "bad14" {
  allowed_ips = ["0.0.0.0/0"]
}

# ok: azure-search-open
resource "azurerm_search_service" "good15" {
  allowed_ips = ["203.0.113.0/28"]
}

# expect: azure-serial-console
resource "azurerm_linux_virtual_machine" "bad" {
  network_interface_ids = [azurerm_network_interface.public.id]
  boot_diagnostics {}
}

# ok: azure-serial-console
resource "azurerm_linux_virtual_machine" "good" {
  network_interface_ids = [azurerm_network_interface.private.id]
  boot_diagnostics {}
}

resource "azurerm_network_interface" "public" {
  ip_configuration {
    name                 = "a"
    public_ip_address_id = azurerm_public_ip.a.id
  }
}

resource "azurerm_network_interface" "private" {
  ip_configuration {
    name = "a"
  }
}
