# Audit logs are a setting of the project, not of its resource.

# ok: google-project-audit-logs
resource "google_project" "audited" {
  name = "shop"
}

resource "google_project_iam_audit_config" "everything" {
  project = "shop"
  service = "allServices"

  dynamic "audit_log_config" {
    for_each = toset(["ADMIN_READ", "DATA_READ", "DATA_WRITE"])
    content {
      log_type = audit_log_config.value
    }
  }
}
