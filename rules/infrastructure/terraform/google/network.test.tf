# expect: google-firewall-ssh-public
resource "google_compute_firewall" "bad_firewall_ssh_public" {
  name          = "login"
  source_ranges = ["0.0.0.0/0"]
  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

# ok: google-firewall-ssh-public
resource "google_compute_firewall" "good_firewall_ssh_public" {
  name          = "login"
  source_ranges = ["35.235.240.0/20"]
  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

# expect: google-firewall-rdp-public
resource "google_compute_firewall" "bad_firewall_rdp_public" {
  name          = "desktop"
  source_ranges = ["0.0.0.0/0"]
  allow {
    protocol = "tcp"
    ports    = ["3000-4000"]
  }
}

# ok: google-firewall-rdp-public
resource "google_compute_firewall" "good_firewall_rdp_public" {
  name          = "desktop"
  direction     = "EGRESS"
  source_ranges = ["0.0.0.0/0"]
  allow {
    protocol = "tcp"
    ports    = ["3389"]
  }
}

# expect: google-firewall-database-port-public
resource "google_compute_firewall" "bad_firewall_database_port_public" {
  name          = "orders"
  source_ranges = ["0.0.0.0/0"]
  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}

# ok: google-firewall-database-port-public
resource "google_compute_firewall" "good_firewall_database_port_public" {
  name          = "orders"
  source_ranges = ["10.0.0.0/8"]
  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}

# expect: google-firewall-public-ingress
resource "google_compute_firewall" "bad_firewall_public_ingress" {
  name          = "console"
  source_ranges = ["0.0.0.0/0"]
  allow {
    protocol = "tcp"
    ports    = ["8080"]
  }
}

# ok: google-firewall-public-ingress
resource "google_compute_firewall" "good_firewall_public_ingress" {
  name          = "web"
  source_ranges = ["0.0.0.0/0"]
  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

# expect: google-firewall-public-egress
resource "google_compute_firewall" "bad_firewall_public_egress" {
  name               = "out"
  direction          = "EGRESS"
  destination_ranges = ["0.0.0.0/0"]
  allow {
    protocol = "tcp"
  }
}

# ok: google-firewall-public-egress
resource "google_compute_firewall" "good_firewall_public_egress" {
  name               = "out"
  direction          = "EGRESS"
  destination_ranges = ["0.0.0.0/0"]
  deny {
    protocol = "all"
  }
}

# expect: google-firewall-all-ports
resource "google_compute_firewall" "bad_firewall_all_ports" {
  name          = "inner"
  source_ranges = ["10.0.0.0/8"]
  allow {
    protocol = "tcp"
  }
}

# ok: google-firewall-all-ports
resource "google_compute_firewall" "good_firewall_all_ports" {
  name          = "inner"
  source_ranges = ["10.0.0.0/8"]
  allow {
    protocol = "icmp"
  }
}

# expect: google-firewall-default-rule
resource "google_compute_firewall" "bad_firewall_default_rule" {
  name = "default-allow-ssh"
}

# ok: google-firewall-default-rule
resource "google_compute_firewall" "good_firewall_default_rule" {
  name = "allow-ssh-from-office"
}

# expect: google-subnetwork-flow-logs
resource "google_compute_subnetwork" "bad_subnetwork_flow_logs" {
  ip_cidr_range = "10.0.0.0/16"
}

# ok: google-subnetwork-flow-logs
resource "google_compute_subnetwork" "good_subnetwork_flow_logs" {
  ip_cidr_range = "10.0.0.0/16"
  log_config {
    flow_sampling = 0.5
  }
}

# expect: google-subnetwork-private-access
resource "google_compute_subnetwork" "bad_subnetwork_private_access" {
  ip_cidr_range = "10.0.0.0/16"
}

# ok: google-subnetwork-private-access
resource "google_compute_subnetwork" "good_subnetwork_private_access" {
  ip_cidr_range            = "10.0.0.0/16"
  private_ip_google_access = true
}

# expect: google-ssl-policy-old-tls
resource "google_compute_ssl_policy" "bad_ssl_policy_old_tls" {
  profile = "MODERN"
}

# ok: google-ssl-policy-old-tls
resource "google_compute_ssl_policy" "good_ssl_policy_old_tls" {
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

# expect: google-dns-dnssec
resource "google_dns_managed_zone" "bad_dns_dnssec" {
  dnssec_config {
    state = "off"
  }
}

# ok: google-dns-dnssec
resource "google_dns_managed_zone" "good_dns_dnssec" {
  visibility = "private"
  dnssec_config {
    state = "off"
  }
}

# expect: google-dns-sha1
resource "google_dns_managed_zone" "bad_dns_sha1" {
  dnssec_config {
    default_key_specs {
      algorithm = "rsasha1"
    }
  }
}

# ok: google-dns-sha1
resource "google_dns_managed_zone" "good_dns_sha1" {
  dnssec_config {
    default_key_specs {
      algorithm = "rsasha256"
    }
  }
}
