# expect: google-iam-default-account-project
resource "google_project_iam_member" "bad_iam_default_account_project" {
  role   = "roles/viewer"
  member = "serviceAccount:${data.google_compute_default_service_account.here.email}"
}

# ok: google-iam-default-account-project
resource "google_project_iam_member" "good_iam_default_account_project" {
  role   = "roles/viewer"
  member = "serviceAccount:${google_service_account.web.email}"
}

data "google_compute_default_service_account" "here" {
  project = "shop"
}

resource "google_service_account" "web" {
  account_id = "web"
}

# expect: google-iam-default-account-folder
resource "google_folder_iam_member" "bad_iam_default_account_folder" {
  role   = "roles/viewer"
  member = "serviceAccount:shop@appspot.gserviceaccount.com"
}

# ok: google-iam-default-account-folder
resource "google_folder_iam_member" "good_iam_default_account_folder" {
  role   = "roles/viewer"
  member = "group:staff@example.com"
}

# expect: google-iam-default-account-organization
resource "google_organization_iam_member" "bad_iam_default_account_organization" {
  role   = "roles/viewer"
  member = "serviceAccount:1234567890-compute@developer.gserviceaccount.com"
}

# ok: google-iam-default-account-organization
resource "google_organization_iam_member" "good_iam_default_account_organization" {
  role   = "roles/viewer"
  member = "group:staff@example.com"
}

# expect: google-iam-impersonation-project
resource "google_project_iam_member" "bad_iam_impersonation_project" {
  role   = "roles/iam.serviceAccountTokenCreator"
  member = "group:staff@example.com"
}

# ok: google-iam-impersonation-project
resource "google_project_iam_member" "good_iam_impersonation_project" {
  role   = "roles/viewer"
  member = "group:staff@example.com"
}

# expect: google-iam-impersonation-folder
resource "google_folder_iam_member" "bad_iam_impersonation_folder" {
  role   = "roles/iam.serviceAccountUser"
  member = "group:staff@example.com"
}

# ok: google-iam-impersonation-folder
resource "google_folder_iam_member" "good_iam_impersonation_folder" {
  role   = "roles/viewer"
  member = "group:staff@example.com"
}

# expect: google-iam-impersonation-organization
resource "google_organization_iam_member" "bad_iam_impersonation_organization" {
  role   = "roles/iam.serviceAccountUser"
  member = "group:staff@example.com"
}

# ok: google-iam-impersonation-organization
resource "google_organization_iam_member" "good_iam_impersonation_organization" {
  role   = "roles/viewer"
  member = "group:staff@example.com"
}

# expect: google-iam-privileged-service-account
resource "google_project_iam_member" "bad_iam_privileged_service_account" {
  role   = "roles/editor"
  member = "serviceAccount:${google_service_account.web.email}"
}

# ok: google-iam-privileged-service-account
resource "google_project_iam_member" "good_iam_privileged_service_account" {
  role   = "roles/logging.logWriter"
  member = "serviceAccount:${google_service_account.web.email}"
}

# expect: google-iam-user-grant
resource "google_project_iam_member" "bad_iam_user_grant" {
  role   = "roles/viewer"
  member = "user:jo@example.com"
}

# ok: google-iam-user-grant
resource "google_project_iam_member" "good_iam_user_grant" {
  role   = "roles/viewer"
  member = "group:staff@example.com"
}

# expect: google-iam-personal-account
resource "google_project_iam_member" "bad_iam_personal_account" {
  role   = "roles/viewer"
  member = "user:jo@gmail.com"
}

# ok: google-iam-personal-account
resource "google_project_iam_member" "good_iam_personal_account" {
  role   = "roles/viewer"
  member = "user:jo@example.com"
}

# expect: google-iam-workload-identity-condition
resource "google_iam_workload_identity_pool_provider" "bad_iam_workload_identity_condition" {
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# ok: google-iam-workload-identity-condition
resource "google_iam_workload_identity_pool_provider" "good_iam_workload_identity_condition" {
  attribute_condition = "assertion.repository_owner == 'example'"
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# expect: google-project-default-network
resource "google_project" "bad_project_default_network" {
  name = "shop"
}

# ok: google-project-default-network
resource "google_project" "good_project_default_network" {
  name                = "shop"
  auto_create_network = false
}

# expect: google-project-audit-logs
resource "google_project" "bad_project_audit_logs" {
  name = "shop"
}

# expect: google-service-account-key
resource "google_service_account_key" "bad_service_account_key" {
  service_account_id = google_service_account.web.name
}

# ok: google-service-account-key
resource "google_service_account_key" "good_service_account_key" {
  service_account_id = google_service_account.web.name
  public_key_data    = var.public_key
}

# expect: google-kms-rotation
resource "google_kms_crypto_key" "bad_kms_rotation" {
  name            = "orders"
  rotation_period = "31536000s"
}

# ok: google-kms-rotation
resource "google_kms_crypto_key" "good_kms_rotation" {
  name            = "orders"
  rotation_period = "7776000s"
}
