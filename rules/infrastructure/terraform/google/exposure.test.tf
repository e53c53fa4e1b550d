# expect: google-resource-everybody
resource "google_dataproc_cluster_iam_member" "bad1" {
  member = "allUsers"
}

# expect: google-resource-everybody
resource "google_pubsub_topic_iam_binding" "bad" {
  members = ["allAuthenticatedUsers"]
}

# ok: google-resource-everybody
resource "google_dataproc_cluster_iam_member" "good2" {
  member = "user:a@example.com"
}

# expect: google-policy-everybody
data "google_iam_policy" "bad3" {
  binding {
    role    = "roles/viewer"
    members = ["allUsers"]
  }
}

# ok: google-policy-everybody
data "google_iam_policy" "good4" {
  binding {
    role    = "roles/viewer"
    members = ["user:a@example.com"]
  }
}

# expect: google-basic-role
resource "google_organization_iam_member" "bad5" {
  role   = "roles/editor"
  member = "group:a@example.com"
}

# ok: google-basic-role
resource "google_organization_iam_member" "good6" {
  role   = "roles/logging.viewer"
  member = "group:a@example.com"
}

# expect: google-service-account-admin
resource "google_project_iam_member" "bad7" {
  role   = "roles/compute.admin"
  member = "serviceAccount:a@p.iam.gserviceaccount.com"
}

# ok: google-service-account-admin
resource "google_project_iam_member" "good8" {
  role   = "roles/logging.logWriter"
  member = "serviceAccount:a@p.iam.gserviceaccount.com"
}

# expect: google-function-ingress-open
resource "google_cloudfunctions_function" "bad9" {
  name = "hook"
}

# ok: google-function-ingress-open
resource "google_cloudfunctions_function" "good10" {
  ingress_settings = "ALLOW_INTERNAL_ONLY"
}

# ok: google-function-ingress-open
resource "google_cloudfunctions2_function" "good" {
  service_config {
    ingress_settings = "ALLOW_INTERNAL_ONLY"
  }
}

# expect: google-function-plain-http
resource "google_cloudfunctions_function" "bad11" {
  trigger_http = true
}

# ok: google-function-plain-http
resource "google_cloudfunctions_function" "good12" {
  trigger_http                 = true
  https_trigger_security_level = "SECURE_ALWAYS"
}

# ok: google-function-plain-http
resource "google_cloudfunctions_function" "good13" {
  name = "worker"
}

# expect: google-job-public-ip
resource "google_dataflow_job" "bad14" {
  name = "copy"
}

# ok: google-job-public-ip
resource "google_dataflow_job" "good15" {
  ip_configuration = "WORKER_IP_PRIVATE"
}

# ok: google-job-public-ip
resource "google_notebooks_instance" "good" {
  no_public_ip = true
}

# expect: google-ai-endpoint-public
resource "google_vertex_ai_endpoint" "bad16" {
  display_name = "model"
}

# ok: google-ai-endpoint-public
resource "google_vertex_ai_endpoint" "good17" {
  network = var.network
}

# expect: google-tpu-public
resource "google_tpu_v2_vm" "bad18" {
  name = "tpu"
}

# ok: google-tpu-public
resource "google_tpu_v2_vm" "good19" {
  network_config {
    enable_external_ips = false
  }
}

# expect: google-fusion-public
resource "google_data_fusion_instance" "bad20" {
  name = "etl"
}

# ok: google-fusion-public
resource "google_data_fusion_instance" "good21" {
  private_instance = true
}

# expect: google-fusion-not-logged
resource "google_data_fusion_instance" "bad22" {
  private_instance = true
}

# ok: google-fusion-not-logged
resource "google_data_fusion_instance" "good23" {
  enable_stackdriver_logging    = true
  enable_stackdriver_monitoring = true
}

# expect: google-proxy-plain-http
resource "google_compute_global_forwarding_rule" "plain" {
  load_balancing_scheme = "EXTERNAL"
  target                = google_compute_target_http_proxy.plain.id
}

# ok: google-proxy-plain-http
resource "google_compute_global_forwarding_rule" "tls" {
  load_balancing_scheme = "EXTERNAL"
  target                = google_compute_target_https_proxy.tls.id
}

resource "google_compute_target_http_proxy" "plain" {
  name = "plain"
}

resource "google_compute_target_https_proxy" "tls" {
  name = "tls"
}

# expect: google-cluster-alpha
resource "google_container_cluster" "bad24" {
  enable_kubernetes_alpha = true
}

# ok: google-cluster-alpha
resource "google_container_cluster" "good25" {
  name = "main"
}

# expect: google-workload-trust
resource "google_iam_workload_identity_pool_provider" "bad26" {
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# ok: google-workload-trust
resource "google_iam_workload_identity_pool_provider" "good27" {
  attribute_condition = "assertion.repository_owner == 'example'"
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# expect: google-armor-no-log4j
resource "google_compute_security_policy" "bad28" {
  name = "edge"
}

# ok: google-armor-no-log4j
resource "google_compute_security_policy" "good29" {
  rule {
    action = "deny(403)"
    match {
      expr {
        expression = "evaluatePreconfiguredExpr('cve-canary')"
      }
    }
  }
}

# expect: google-webhook-not-logged
resource "google_dialogflow_cx_webhook" "bad30" {
  display_name = "hook"
}

# ok: google-webhook-not-logged
resource "google_dialogflow_cx_webhook" "good31" {
  enable_stackdriver_logging = true
}
