# expect: google-data-customer-key
resource "google_pubsub_topic" "bad" {
  name = "orders"
}

# expect: google-data-customer-key
resource "google_spanner_database" "bad" {
  name = "orders"
}

# ok: google-data-customer-key
resource "google_pubsub_topic" "good" {
  kms_key_name = var.key
}

# ok: google-data-customer-key
resource "google_spanner_database" "good" {
  encryption_config {
    kms_key_name = var.key
  }
}

# expect: google-redis-plain
resource "google_redis_instance" "bad1" {
  name = "cache"
}

# ok: google-redis-plain
resource "google_redis_instance" "good2" {
  transit_encryption_mode = "SERVER_AUTHENTICATION"
}

# expect: google-redis-no-password
resource "google_redis_instance" "bad3" {
  name = "cache"
}

# ok: google-redis-no-password
resource "google_redis_instance" "good4" {
  auth_enabled = true
}

# expect: google-kms-destroyable
resource "google_kms_crypto_key" "bad5" {
  name = "data"
}

# ok: google-kms-destroyable
resource "google_kms_crypto_key" "good6" {
  name = "data"
  lifecycle {
    prevent_destroy = true
  }
}

# expect: google-bucket-public-possible
resource "google_storage_bucket" "bad7" {
  name = "files"
}

# ok: google-bucket-public-possible
resource "google_storage_bucket" "good8" {
  name                     = "files"
  public_access_prevention = "enforced"
}

# expect: google-database-unprotected
resource "google_bigquery_table" "bad11" {
  deletion_protection = false
}

# ok: google-database-unprotected
resource "google_bigquery_table" "good12" {
  name = "x"
}
