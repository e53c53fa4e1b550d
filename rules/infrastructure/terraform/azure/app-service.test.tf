# expect: azure-app-plain-http
resource "azurerm_linux_web_app" "bad_app_plain_http" {
  name = "shop"
}

# ok: azure-app-plain-http
resource "azurerm_linux_web_app" "good_app_plain_http" {
  name       = "shop"
  https_only = true
}

# expect: azure-function-plain-http
resource "azurerm_linux_function_app" "bad_function_plain_http" {
  name       = "hook"
  https_only = false
}

# ok: azure-function-plain-http
resource "azurerm_linux_function_app" "good_function_plain_http" {
  name       = "hook"
  https_only = true
}

# expect: azure-app-old-tls
resource "azurerm_windows_web_app" "bad_app_old_tls" {
  site_config {
    minimum_tls_version = "1.0"
  }
}

# ok: azure-app-old-tls
resource "azurerm_windows_web_app" "good_app_old_tls" {
  site_config {
    minimum_tls_version = "1.2"
  }
}

# expect: azure-app-plain-ftp
resource "azurerm_app_service" "bad_app_plain_ftp" {
  site_config {
    always_on = true
  }
}

# ok: azure-app-plain-ftp
resource "azurerm_app_service" "good_app_plain_ftp" {
  site_config {
    ftps_state = "FtpsOnly"
  }
}

# expect: azure-web-app-plain-ftp
resource "azurerm_linux_web_app" "bad_web_app_plain_ftp" {
  site_config {
    ftps_state = "AllAllowed"
  }
}

# ok: azure-web-app-plain-ftp
resource "azurerm_linux_web_app" "good_web_app_plain_ftp" {
  site_config {
    always_on = true
  }
}

# expect: azure-app-remote-debugging
resource "azurerm_linux_web_app" "bad_app_remote_debugging" {
  site_config {
    remote_debugging_enabled = true
  }
}

# ok: azure-app-remote-debugging
resource "azurerm_linux_web_app" "good_app_remote_debugging" {
  site_config {
    remote_debugging_enabled = false
  }
}

# expect: azure-app-cors-everybody
resource "azurerm_linux_web_app" "bad_app_cors_everybody" {
  site_config {
    cors {
      allowed_origins = ["*"]
    }
  }
}

# ok: azure-app-cors-everybody
resource "azurerm_linux_web_app" "good_app_cors_everybody" {
  site_config {
    cors {
      allowed_origins = ["https://shop.example.com"]
    }
  }
}

# expect: azure-app-no-identity
resource "azurerm_app_service" "bad_app_no_identity" {
  name = "shop"
}

# ok: azure-app-no-identity
resource "azurerm_app_service" "good_app_no_identity" {
  name = "shop"
  identity {
    type = "SystemAssigned"
  }
}

# expect: azure-app-no-authentication
resource "azurerm_app_service" "bad_app_no_authentication" {
  name = "shop"
}

# ok: azure-app-no-authentication
resource "azurerm_app_service" "good_app_no_authentication" {
  name = "shop"
  auth_settings_v2 {
    auth_enabled = true
  }
}

# expect: azure-app-client-certificate
resource "azurerm_app_service" "bad_app_client_certificate" {
  name = "shop"
}

# ok: azure-app-client-certificate
resource "azurerm_app_service" "good_app_client_certificate" {
  name                       = "shop"
  client_certificate_enabled = true
}

# expect: azure-app-http2
resource "azurerm_app_service" "bad_app_http2" {
  name = "shop"
}

# ok: azure-app-http2
resource "azurerm_app_service" "good_app_http2" {
  name = "shop"
  site_config {
    http2_enabled = true
  }
}

# expect: azure-app-old-php
resource "azurerm_linux_web_app" "bad_app_old_php" {
  site_config {
    application_stack {
      php_version = "7.4"
    }
  }
}

# ok: azure-app-old-php
resource "azurerm_linux_web_app" "good_app_old_php" {
  site_config {
    application_stack {
      php_version = "8.3"
    }
  }
}

# expect: azure-app-old-python
resource "azurerm_linux_web_app" "bad_app_old_python" {
  site_config {
    application_stack {
      python_version = "3.7"
    }
  }
}

# ok: azure-app-old-python
resource "azurerm_linux_web_app" "good_app_old_python" {
  site_config {
    application_stack {
      python_version = "3.12"
    }
  }
}
