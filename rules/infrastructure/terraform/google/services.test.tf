# expect: google-gke-no-binary-authorization
resource "google_container_cluster" "bad1" {
  name = "main"
}

# ok: google-gke-no-binary-authorization
resource "google_container_cluster" "good2" {
  binary_authorization {
    evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE"
  }
}

# expect: google-gke-no-release-channel
resource "google_container_cluster" "bad3" {
  name = "main"
}

# ok: google-gke-no-release-channel
resource "google_container_cluster" "good4" {
  release_channel {
    channel = "REGULAR"
  }
}

# expect: google-sql-postgres-audit
resource "google_sql_database_instance" "bad5" {
  database_version = "POSTGRES_16"
}

# ok: google-sql-postgres-audit
resource "google_sql_database_instance" "good6" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "cloudsql.enable_pgaudit"
      value = "on"
    }
  }
}

# expect: google-web-port-public
resource "google_compute_firewall" "bad7" {
  allow {
    protocol = "tcp"
    ports    = ["80"]
  }
  source_ranges = ["0.0.0.0/0"]
}

# ok: google-web-port-public
resource "google_compute_firewall" "good8" {
  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
  source_ranges = ["0.0.0.0/0"]
}

# expect: google-ftp-port-public
resource "google_compute_firewall" "bad9" {
  allow {
    protocol = "tcp"
    ports    = ["20-21"]
  }
  source_ranges = ["0.0.0.0/0"]
}

# ok: google-ftp-port-public
resource "google_compute_firewall" "good10" {
  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
  source_ranges = ["0.0.0.0/0"]
}

# expect: google-build-public-workers
resource "google_cloudbuild_worker_pool" "bad11" {
  name = "build"
}

# ok: google-build-public-workers
resource "google_cloudbuild_worker_pool" "good12" {
  worker_config {
    no_external_ip = true
  }
}

# expect: google-notebook-root
resource "google_workbench_instance" "bad13" {
  gce_setup {
    metadata = {
      notebook-disable-root = "false"
    }
  }
}

# ok: google-notebook-root
resource "google_workbench_instance" "good14" {
  gce_setup {
    metadata = {
      notebook-disable-root = "true"
    }
  }
}

# expect: google-notebook-no-integrity
resource "google_notebooks_instance" "bad15" {
  name = "lab"
}

# ok: google-notebook-no-integrity
resource "google_notebooks_instance" "good16" {
  shielded_instance_config {
    enable_integrity_monitoring = true
  }
}
