# expect: azure-activity-log-retention
resource "azurerm_monitor_log_profile" "bad_activity_log_retention" {
  retention_policy {
    enabled = true
    days    = 30
  }
}

# ok: azure-activity-log-retention
resource "azurerm_monitor_log_profile" "good_activity_log_retention" {
  retention_policy {
    enabled = true
    days    = 400
  }
}

# expect: azure-activity-log-categories
resource "azurerm_monitor_log_profile" "bad_activity_log_categories" {
  categories = ["Write"]
}

# ok: azure-activity-log-categories
resource "azurerm_monitor_log_profile" "good_activity_log_categories" {
  categories = ["Action", "Delete", "Write"]
}

# expect: azure-activity-log-regions
resource "azurerm_monitor_log_profile" "bad_activity_log_regions" {
  locations = ["westeurope"]
}

# ok: azure-activity-log-regions
resource "azurerm_monitor_log_profile" "good_activity_log_regions" {
  locations = ["global", "eastus", "westeurope", "southeastasia"]
}

# expect: azure-security-contact-alerts
resource "azurerm_security_center_contact" "bad_security_contact_alerts" {
  email               = "security@example.com"
  alert_notifications = false
}

# ok: azure-security-contact-alerts
resource "azurerm_security_center_contact" "good_security_contact_alerts" {
  email               = "security@example.com"
  alert_notifications = true
  alerts_to_admins    = true
}

# expect: azure-security-contact-email
resource "azurerm_security_center_contact" "bad_security_contact_email" {
  email = ""
}

# ok: azure-security-contact-email
resource "azurerm_security_center_contact" "good_security_contact_email" {
  email = "security@example.com"
}

# expect: azure-security-contact-phone
resource "azurerm_security_center_contact" "bad_security_contact_phone" {
  email = "security@example.com"
}

# ok: azure-security-contact-phone
resource "azurerm_security_center_contact" "good_security_contact_phone" {
  phone = "+1-555-0100"
}

# expect: azure-defender-free
resource "azurerm_security_center_subscription_pricing" "bad_defender_free" {
  tier = "Free"
}

# ok: azure-defender-free
resource "azurerm_security_center_subscription_pricing" "good_defender_free" {
  tier = "Standard"
}
