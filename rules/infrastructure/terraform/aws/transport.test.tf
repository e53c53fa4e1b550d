# expect: aws-memorydb-plain
resource "aws_memorydb_cluster" "bad1" {
  tls_enabled = false
}

# ok: aws-memorydb-plain
resource "aws_memorydb_cluster" "good2" {
  tls_enabled = true
}

# expect: aws-elasticache-no-password
resource "aws_elasticache_replication_group" "bad3" {
  transit_encryption_enabled = true
}

# ok: aws-elasticache-no-password
resource "aws_elasticache_replication_group" "good4" {
  auth_token = var.token
}

# ok: aws-elasticache-no-password
resource "aws_elasticache_replication_group" "good5" {
  user_group_ids = [aws_elasticache_user_group.own.id]
}

# expect: aws-dms-endpoint-plain
resource "aws_dms_endpoint" "bad6" {
  engine_name = "postgres"
}

# ok: aws-dms-endpoint-plain
resource "aws_dms_endpoint" "good7" {
  engine_name = "postgres"
  ssl_mode    = "verify-full"
}

# ok: aws-dms-endpoint-plain
resource "aws_dms_endpoint" "good8" {
  engine_name = "s3"
}

# expect: aws-ses-plain
resource "aws_ses_configuration_set" "bad9" {
  name = "mail"
}

# ok: aws-ses-plain
resource "aws_ses_configuration_set" "good10" {
  delivery_options {
    tls_policy = "Require"
  }
}

# expect: aws-transfer-old-algorithms
resource "aws_transfer_server" "bad11" {
  protocols = ["SFTP"]
}

# ok: aws-transfer-old-algorithms
resource "aws_transfer_server" "good12" {
  security_policy_name = "TransferSecurityPolicy-2024-01"
}

# expect: aws-elb-policy-old-tls
resource "aws_load_balancer_policy" "bad13" {
  policy_type_name = "SSLNegotiationPolicyType"
  policy_attribute {
    name  = "Protocol-TLSv1.1"
    value = "true"
  }
}

# ok: aws-elb-policy-old-tls
resource "aws_load_balancer_policy" "good14" {
  policy_attribute {
    name  = "Protocol-TLSv1.2"
    value = "true"
  }
}

# ok: aws-elb-policy-old-tls
resource "aws_load_balancer_policy" "good15" {
  policy_attribute {
    name  = "Reference-Security-Policy"
    value = "ELBSecurityPolicy-TLS-1-2-2017-01"
  }
}

# expect: aws-lb-desync
resource "aws_lb" "bad16" {
  desync_mitigation_mode = "monitor"
}

# ok: aws-lb-desync
resource "aws_lb" "good17" {
  desync_mitigation_mode = "strictest"
}

# ok: aws-lb-desync
resource "aws_lb" "good18" {
  internal = true
}

# expect: aws-cloudfront-no-hsts
resource "aws_cloudfront_response_headers_policy" "bad19" {
  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 3600
      include_subdomains         = true
      override                   = true
    }
  }
}

# ok: aws-cloudfront-no-hsts
resource "aws_cloudfront_response_headers_policy" "good20" {
  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
    }
  }
}
