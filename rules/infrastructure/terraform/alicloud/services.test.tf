# expect: alicloud-password-policy
resource "alicloud_ram_account_password_policy" "bad1" {
  minimum_password_length = 9
}

# ok: alicloud-password-policy
resource "alicloud_ram_account_password_policy" "good2" {
  minimum_password_length      = 14
  require_lowercase_characters = true
  require_uppercase_characters = true
  require_numbers              = true
  require_symbols              = true
  max_password_age             = 90
  max_login_attempts           = 3
  password_reuse_prevention    = 24
}

# expect: alicloud-data-customer-key
resource "alicloud_disk" "bad3" {
  size = 10
}

# ok: alicloud-data-customer-key
resource "alicloud_disk" "good4" {
  kms_key_id = var.key
}

# ok: alicloud-data-customer-key
resource "alicloud_oss_bucket" "good" {
  server_side_encryption_rule {
    kms_master_key_id = var.key
  }
}

# expect: alicloud-disk-unencrypted
resource "alicloud_disk" "bad5" {
  size = 10
}

# ok: alicloud-disk-unencrypted
resource "alicloud_disk" "good6" {
  size      = 10
  encrypted = true
}

# ok: alicloud-disk-unencrypted
resource "alicloud_ecs_launch_template" "good" {
  data_disks {
    encrypted = true
  }
}

# expect: alicloud-bucket-versioning
resource "alicloud_oss_bucket" "bad" {
  bucket = "bad"
}

# ok: alicloud-bucket-versioning
resource "alicloud_oss_bucket" "good7" {
  versioning {
    status = "Enabled"
  }
}

# expect: alicloud-bucket-logging
resource "alicloud_oss_bucket" "quiet" {
  bucket = "quiet"
}

# ok: alicloud-bucket-logging
resource "alicloud_oss_bucket" "good8" {
  logging {
    target_bucket = "logs"
  }
}

# expect: alicloud-trail-partial
resource "alicloud_actiontrail_trail" "bad9" {
  event_rw = "Write"
}

# ok: alicloud-trail-partial
resource "alicloud_actiontrail_trail" "good10" {
  event_rw     = "All"
  trail_region = "All"
}

# expect: alicloud-kms-rotation
resource "alicloud_kms_key" "bad11" {
  description = "data"
}

# ok: alicloud-kms-rotation
resource "alicloud_kms_key" "good12" {
  automatic_rotation = "Enabled"
}

# expect: alicloud-database-plain
resource "alicloud_db_instance" "bad13" {
  engine = "MySQL"
}

# ok: alicloud-database-plain
resource "alicloud_db_instance" "good14" {
  ssl_action = "Open"
}

# expect: alicloud-database-audit
resource "alicloud_db_instance" "bad15" {
  engine = "MySQL"
}

# ok: alicloud-database-audit
resource "alicloud_db_instance" "good16" {
  sql_collector_status       = "Enabled"
  sql_collector_config_value = 180
}
