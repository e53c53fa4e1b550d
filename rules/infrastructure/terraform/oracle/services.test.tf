# expect: oracle-data-customer-key
resource "oci_objectstorage_bucket" "bad1" {
  name = "files"
}

# ok: oracle-data-customer-key
resource "oci_objectstorage_bucket" "good2" {
  kms_key_id = var.key
}

# expect: oracle-bucket-versioning
resource "oci_objectstorage_bucket" "bad3" {
  name = "files"
}

# ok: oracle-bucket-versioning
resource "oci_objectstorage_bucket" "good4" {
  versioning = "Enabled"
}

# expect: oracle-password-policy
resource "oci_identity_authentication_policy" "bad5" {
  password_policy {
    minimum_password_length = 8
  }
}

# ok: oracle-password-policy
resource "oci_identity_authentication_policy" "good6" {
  password_policy {
    is_lowercase_characters_required = true
    is_uppercase_characters_required = true
    is_numeric_characters_required   = true
    is_special_characters_required   = true
    minimum_password_length          = 14
  }
}

# expect: oracle-network-open
resource "oci_core_network_security_group_security_rule" "bad7" {
  direction = "INGRESS"
  protocol  = "6"
  source    = "0.0.0.0/0"
  tcp_options {
    destination_port_range {
      min = 3389
      max = 3389
    }
  }
}

# ok: oracle-network-open
resource "oci_core_network_security_group_security_rule" "good8" {
  direction = "INGRESS"
  protocol  = "6"
  source    = "10.0.0.0/8"
  tcp_options {
    destination_port_range {
      min = 3389
      max = 3389
    }
  }
}

# expect: oracle-instance-metadata-v1
resource "oci_core_instance" "bad9" {
  shape = "VM.Standard.E4.Flex"
}

# ok: oracle-instance-metadata-v1
resource "oci_core_instance" "good10" {
  instance_options {
    are_legacy_imds_endpoints_disabled = true
  }
}

# expect: oracle-disk-transit-plain
resource "oci_core_instance" "bad11" {
  shape = "x"
}

# ok: oracle-disk-transit-plain
resource "oci_core_instance" "good12" {
  is_pv_encryption_in_transit_enabled = true
}

# expect: oracle-export-root
resource "oci_file_storage_export" "bad13" {
  export_options {
    source          = "0.0.0.0/0"
    identity_squash = "NONE"
  }
}

# ok: oracle-export-root
resource "oci_file_storage_export" "good14" {
  export_options {
    source          = "10.0.0.0/16"
    identity_squash = "ROOT"
  }
}
