# expect: aws-opensearch-unencrypted
resource "aws_opensearch_domain" "bad_opensearch_unencrypted" {
  domain_name = "logs"
}

# ok: aws-opensearch-unencrypted
resource "aws_opensearch_domain" "good_opensearch_unencrypted" {
  domain_name = "logs"
  encrypt_at_rest {
    enabled = true
  }
}

# expect: aws-opensearch-plain-node-traffic
resource "aws_elasticsearch_domain" "bad_opensearch_plain_node_traffic" {
  domain_name = "logs"
}

# ok: aws-opensearch-plain-node-traffic
resource "aws_elasticsearch_domain" "good_opensearch_plain_node_traffic" {
  domain_name = "logs"
  node_to_node_encryption {
    enabled = true
  }
}

# expect: aws-opensearch-plain-http
resource "aws_opensearch_domain" "bad_opensearch_plain_http" {
  domain_name = "logs"
  domain_endpoint_options {
    enforce_https = false
  }
}

# ok: aws-opensearch-plain-http
resource "aws_opensearch_domain" "good_opensearch_plain_http" {
  domain_name = "logs"
  domain_endpoint_options {
    enforce_https = true
  }
}

# expect: aws-opensearch-old-tls
resource "aws_elasticsearch_domain" "bad_opensearch_old_tls" {
  domain_endpoint_options {
    tls_security_policy = "Policy-Min-TLS-1-0-2019-07"
  }
}

# ok: aws-opensearch-old-tls
resource "aws_elasticsearch_domain" "good_opensearch_old_tls" {
  domain_endpoint_options {
    tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"
  }
}

# expect: aws-opensearch-audit-logs
resource "aws_elasticsearch_domain" "bad_opensearch_audit_logs" {
  log_publishing_options {
    log_type                 = "INDEX_SLOW_LOGS"
    cloudwatch_log_group_arn = var.log_group
  }
}

# ok: aws-opensearch-audit-logs
resource "aws_elasticsearch_domain" "good_opensearch_audit_logs" {
  log_publishing_options {
    log_type                 = "AUDIT_LOGS"
    cloudwatch_log_group_arn = var.log_group
  }
}

# expect: aws-opensearch-policy-public
resource "aws_opensearch_domain_policy" "bad_opensearch_policy_public" {
  domain_name     = "logs"
  access_policies = jsonencode({ Statement = { Effect = "Allow", Principal = { AWS = "*" }, Action = "es:*" } })
}

# ok: aws-opensearch-policy-public
resource "aws_opensearch_domain_policy" "good_opensearch_policy_public" {
  domain_name     = "logs"
  access_policies = jsonencode({ Statement = { Effect = "Allow", Principal = { AWS = var.role }, Action = "es:*" } })
}
