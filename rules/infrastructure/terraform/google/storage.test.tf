# expect: google-storage-public
resource "google_storage_bucket_iam_binding" "bad_storage_public" {
  bucket  = "invoices"
  role    = "roles/storage.objectViewer"
  members = ["group:sales@example.com", "allUsers"]
}

# ok: google-storage-public
resource "google_storage_bucket_iam_binding" "good_storage_public" {
  bucket  = "invoices"
  role    = "roles/storage.objectViewer"
  members = ["group:sales@example.com"]
}

# expect: google-resource-public
resource "google_kms_crypto_key_iam_policy" "bad_resource_public" {
  crypto_key_id = "orders"
  policy_data   = data.google_iam_policy.open.policy_data
}

# ok: google-resource-public
resource "google_kms_crypto_key_iam_policy" "good_resource_public" {
  crypto_key_id = "orders"
  policy_data   = data.google_iam_policy.closed.policy_data
}

data "google_iam_policy" "open" {
  binding {
    role    = "roles/cloudkms.cryptoKeyDecrypter"
    members = ["group:staff@example.com", "allUsers"]
  }
}

data "google_iam_policy" "closed" {
  binding {
    role    = "roles/cloudkms.cryptoKeyDecrypter"
    members = ["group:staff@example.com"]
  }
}

# expect: google-storage-acl-public
resource "google_storage_bucket_acl" "bad_storage_acl_public" {
  bucket      = "invoices"
  role_entity = ["READER:allUsers"]
}

# ok: google-storage-acl-public
resource "google_storage_bucket_acl" "good_storage_acl_public" {
  bucket      = "invoices"
  role_entity = ["READER:group-sales@example.com"]
}

# expect: google-storage-uniform-access
resource "google_storage_bucket" "bad_storage_uniform_access" {
  name = "invoices"
}

# ok: google-storage-uniform-access
resource "google_storage_bucket" "good_storage_uniform_access" {
  name                        = "invoices"
  uniform_bucket_level_access = true
}

# expect: google-storage-customer-key
resource "google_storage_bucket" "bad_storage_customer_key" {
  name = "invoices"
}

# ok: google-storage-customer-key
resource "google_storage_bucket" "good_storage_customer_key" {
  name = "invoices"
  encryption {
    default_kms_key_name = google_kms_crypto_key.own.id
  }
}

# expect: google-storage-logging
resource "google_storage_bucket" "bad_storage_logging" {
  name = "invoices"
}

# ok: google-storage-logging
resource "google_storage_bucket" "good_storage_logging" {
  name = "accounts"
  logging {
    log_bucket = google_storage_bucket.takes_logs.name
  }
}

# ok: google-storage-logging
resource "google_storage_bucket" "takes_logs" {
  name = "everything-written"
}

# expect: google-storage-versioning
resource "google_storage_bucket" "bad_storage_versioning" {
  name = "invoices"
  versioning {
    enabled = false
  }
}

# ok: google-storage-versioning
resource "google_storage_bucket" "good_storage_versioning" {
  name = "invoices"
  versioning {
    enabled = true
  }
}

# expect: google-bigquery-public
resource "google_bigquery_dataset" "bad_bigquery_public" {
  dataset_id = "clicks"
  access {
    role          = "READER"
    special_group = "allAuthenticatedUsers"
  }
}

# ok: google-bigquery-public
resource "google_bigquery_dataset" "good_bigquery_public" {
  dataset_id = "clicks"
  access {
    role          = "READER"
    special_group = "projectReaders"
  }
}

# expect: google-function-public
resource "google_cloud_run_service_iam_member" "bad_function_public" {
  role   = "roles/run.invoker"
  member = "allUsers"
}

# ok: google-function-public
resource "google_cloud_run_service_iam_member" "good_function_public" {
  role   = "roles/run.invoker"
  member = "group:staff@example.com"
}
