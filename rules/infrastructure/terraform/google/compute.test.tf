# expect: google-instance-public-ip
resource "google_compute_instance" "bad_instance_public_ip" {
  network_interface {
    network = "main"
    access_config {}
  }
}

# ok: google-instance-public-ip
resource "google_compute_instance" "good_instance_public_ip" {
  network_interface {
    network = "main"
  }
}

# expect: google-instance-default-service-account
resource "google_compute_instance" "bad_instance_default_service_account" {
  service_account {
    email  = "1234567890-compute@developer.gserviceaccount.com"
    scopes = ["cloud-platform"]
  }
}

# ok: google-instance-default-service-account
resource "google_compute_instance" "good_instance_default_service_account" {
  service_account {
    email  = google_service_account.web.email
    scopes = ["cloud-platform"]
  }
}

# expect: google-instance-default-account-full-access
resource "google_compute_instance" "bad_instance_default_account_full_access" {
  service_account {
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
  }
}

# ok: google-instance-default-account-full-access
resource "google_compute_instance" "good_instance_default_account_full_access" {
  service_account {
    scopes = ["logging-write"]
  }
}

# expect: google-instance-forwarding
resource "google_compute_instance" "bad_instance_forwarding" {
  can_ip_forward = true
}

# ok: google-instance-forwarding
resource "google_compute_instance" "good_instance_forwarding" {
  can_ip_forward = false
}

# expect: google-instance-serial-port
resource "google_compute_instance" "bad_instance_serial_port" {
  metadata = {
    serial-port-enable = "TRUE"
  }
}

# ok: google-instance-serial-port
resource "google_compute_instance" "good_instance_serial_port" {
  metadata = {
    serial-port-enable = "FALSE"
  }
}

# expect: google-instance-project-ssh-keys
resource "google_compute_instance" "bad_instance_project_ssh_keys" {
  metadata = {
    block-project-ssh-keys = false
  }
}

# ok: google-instance-project-ssh-keys
resource "google_compute_instance" "good_instance_project_ssh_keys" {
  metadata = {
    block-project-ssh-keys = true
  }
}

# expect: google-instance-oslogin-off
resource "google_compute_instance" "bad_instance_oslogin_off" {
  metadata = {
    enable-oslogin = "FALSE"
  }
}

# ok: google-instance-oslogin-off
resource "google_compute_instance" "good_instance_oslogin_off" {
  metadata = {
    enable-oslogin = "TRUE"
  }
}

# expect: google-project-oslogin-off
resource "google_compute_project_metadata_item" "bad_project_oslogin_off" {
  key   = "enable-oslogin"
  value = "false"
}

# ok: google-project-oslogin-off
resource "google_compute_project_metadata_item" "good_project_oslogin_off" {
  key   = "enable-oslogin"
  value = "true"
}

# expect: google-instance-secure-boot
resource "google_compute_instance" "bad_instance_secure_boot" {
  shielded_instance_config {
    enable_secure_boot = false
  }
}

# ok: google-instance-secure-boot
resource "google_compute_instance" "good_instance_secure_boot" {
  shielded_instance_config {
    enable_secure_boot = true
  }
}

# expect: google-instance-vtpm
resource "google_compute_instance" "bad_instance_vtpm" {
  shielded_instance_config {
    enable_vtpm = false
  }
}

# ok: google-instance-vtpm
resource "google_compute_instance" "good_instance_vtpm" {
  shielded_instance_config {
    enable_secure_boot = true
  }
}

# expect: google-instance-integrity-monitoring
resource "google_compute_instance" "bad_instance_integrity_monitoring" {
  shielded_instance_config {
    enable_integrity_monitoring = false
  }
}

# ok: google-instance-integrity-monitoring
resource "google_compute_instance" "good_instance_integrity_monitoring" {
  shielded_instance_config {
    enable_integrity_monitoring = true
  }
}

# expect: google-instance-disk-customer-key
resource "google_compute_instance" "bad_instance_disk_customer_key" {
  boot_disk {
    auto_delete = true
  }
}

# ok: google-instance-disk-customer-key
resource "google_compute_instance" "good_instance_disk_customer_key" {
  boot_disk {
    kms_key_self_link = google_kms_crypto_key.own.id
  }
}

# expect: google-disk-customer-key
resource "google_compute_disk" "bad_disk_customer_key" {
  name = "data"
}

# ok: google-disk-customer-key
resource "google_compute_disk" "good_disk_customer_key" {
  name = "data"
  disk_encryption_key {
    kms_key_self_link = google_kms_crypto_key.own.id
  }
}

# expect: google-disk-key-literal
resource "google_compute_disk" "bad_disk_key_literal" {
  disk_encryption_key {
    raw_key = "${join("", ["bm90", "LWEta2V5"])}"
  }
}

# ok: google-disk-key-literal
resource "google_compute_disk" "good_disk_key_literal" {
  disk_encryption_key {
    raw_key = var.key
  }
}
