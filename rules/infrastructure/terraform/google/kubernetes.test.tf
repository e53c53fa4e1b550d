# expect: google-gke-api-open
resource "google_container_cluster" "bad_gke_api_open" {
  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "0.0.0.0/0"
    }
  }
}

# ok: google-gke-api-open
resource "google_container_cluster" "good_gke_api_open" {
  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "198.51.100.0/24"
    }
  }
}

# expect: google-gke-no-authorized-networks
resource "google_container_cluster" "bad_gke_no_authorized_networks" {
  name = "shop"
}

# ok: google-gke-no-authorized-networks
resource "google_container_cluster" "good_gke_no_authorized_networks" {
  private_cluster_config {
    enable_private_endpoint = true
  }
}

# expect: google-gke-private-nodes
resource "google_container_cluster" "bad_gke_private_nodes" {
  name = "shop"
}

# ok: google-gke-private-nodes
resource "google_container_cluster" "good_gke_private_nodes" {
  private_cluster_config {
    enable_private_nodes = true
  }
}

# expect: google-gke-legacy-abac
resource "google_container_cluster" "bad_gke_legacy_abac" {
  enable_legacy_abac = true
}

# ok: google-gke-legacy-abac
resource "google_container_cluster" "good_gke_legacy_abac" {
  enable_legacy_abac = false
}

# expect: google-gke-client-certificate
resource "google_container_cluster" "bad_gke_client_certificate" {
  master_auth {
    client_certificate_config {
      issue_client_certificate = true
    }
  }
}

# ok: google-gke-client-certificate
resource "google_container_cluster" "good_gke_client_certificate" {
  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }
}

# expect: google-gke-network-policy
resource "google_container_cluster" "bad_gke_network_policy" {
  name = "shop"
}

# ok: google-gke-network-policy
resource "google_container_cluster" "good_gke_network_policy" {
  datapath_provider = "ADVANCED_DATAPATH"
}

# expect: google-gke-legacy-metadata
resource "google_container_cluster" "bad_gke_legacy_metadata" {
  node_config {
    metadata = {
      disable-legacy-endpoints = "false"
    }
  }
}

# ok: google-gke-legacy-metadata
resource "google_container_cluster" "good_gke_legacy_metadata" {
  node_config {
    metadata = {
      disable-legacy-endpoints = "true"
    }
  }
}

# expect: google-gke-node-metadata
resource "google_container_node_pool" "bad_gke_node_metadata" {
  node_config {
    workload_metadata_config {
      mode = "GCE_METADATA"
    }
  }
}

# ok: google-gke-node-metadata
resource "google_container_node_pool" "good_gke_node_metadata" {
  node_config {
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }
}

# expect: google-gke-shielded-nodes
resource "google_container_cluster" "bad_gke_shielded_nodes" {
  enable_shielded_nodes = false
}

# ok: google-gke-shielded-nodes
resource "google_container_cluster" "good_gke_shielded_nodes" {
  enable_shielded_nodes = true
}

# expect: google-gke-node-account
resource "google_container_cluster" "bad_gke_node_account" {
  node_config {
    machine_type = "e2-small"
  }
}

# ok: google-gke-node-account
resource "google_container_cluster" "good_gke_node_account" {
  node_config {
    service_account = google_service_account.nodes.email
  }
}

# expect: google-gke-auto-upgrade
resource "google_container_node_pool" "bad_gke_auto_upgrade" {
  management {
    auto_upgrade = false
  }
}

# ok: google-gke-auto-upgrade
resource "google_container_node_pool" "good_gke_auto_upgrade" {
  management {
    auto_upgrade = true
  }
}

# expect: google-gke-auto-repair
resource "google_container_node_pool" "bad_gke_auto_repair" {
  management {
    auto_repair = false
  }
}

# ok: google-gke-auto-repair
resource "google_container_node_pool" "good_gke_auto_repair" {
  management {
    auto_repair = true
  }
}

# expect: google-gke-node-image
resource "google_container_node_pool" "bad_gke_node_image" {
  node_config {
    image_type = "UBUNTU_CONTAINERD"
  }
}

# ok: google-gke-node-image
resource "google_container_node_pool" "good_gke_node_image" {
  node_config {
    image_type = "COS_CONTAINERD"
  }
}

# expect: google-gke-logging
resource "google_container_cluster" "bad_gke_logging" {
  logging_service = "none"
}

# ok: google-gke-logging
resource "google_container_cluster" "good_gke_logging" {
  logging_service = "logging.googleapis.com/kubernetes"
}

# expect: google-gke-monitoring
resource "google_container_cluster" "bad_gke_monitoring" {
  monitoring_service = "none"
}

# ok: google-gke-monitoring
resource "google_container_cluster" "good_gke_monitoring" {
  monitoring_service = "monitoring.googleapis.com/kubernetes"
}

# expect: google-gke-alias-ips
resource "google_container_cluster" "bad_gke_alias_ips" {
  name = "shop"
}

# ok: google-gke-alias-ips
resource "google_container_cluster" "good_gke_alias_ips" {
  networking_mode = "VPC_NATIVE"
}

# expect: google-gke-labels
resource "google_container_cluster" "bad_gke_labels" {
  name = "shop"
}

# ok: google-gke-labels
resource "google_container_cluster" "good_gke_labels" {
  resource_labels = {
    team = "shop"
  }
}
