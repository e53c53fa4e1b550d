# expect: aws-data-customer-key
resource "aws_fsx_lustre_file_system" "bad" {
  storage_capacity = 1200
}

# expect: aws-data-customer-key
resource "aws_memorydb_cluster" "bad" {
  node_type = "db.t4g.small"
}

# ok: aws-data-customer-key
resource "aws_fsx_lustre_file_system" "good" {
  kms_key_id = aws_kms_key.own.arn
}

# ok: aws-data-customer-key
resource "aws_memorydb_cluster" "good" {
  kms_key_arn = aws_kms_key.own.arn
}

# ok: aws-data-customer-key
resource "aws_codeartifact_domain" "good" {
  encryption_key = var.key
}

# expect: aws-parameter-customer-key
resource "aws_ssm_parameter" "bad1" {
  type  = "SecureString"
  value = var.secret
}

# ok: aws-parameter-customer-key
resource "aws_ssm_parameter" "good2" {
  type   = "SecureString"
  key_id = aws_kms_key.own.id
}

# ok: aws-parameter-customer-key
resource "aws_ssm_parameter" "good3" {
  type  = "String"
  value = "on"
}

# expect: aws-function-variables-customer-key
resource "aws_lambda_function" "bad4" {
  environment {
    variables = { STAGE = "live" }
  }
}

# ok: aws-function-variables-customer-key
resource "aws_lambda_function" "good5" {
  kms_key_arn = aws_kms_key.own.arn
  environment {
    variables = { STAGE = "live" }
  }
}

# ok: aws-function-variables-customer-key
resource "aws_lambda_function" "good6" {
  runtime = "nodejs22.x"
}

# expect: aws-keyspaces-customer-key
resource "aws_keyspaces_table" "bad7" {}

# ok: aws-keyspaces-customer-key
resource "aws_keyspaces_table" "good8" {
  encryption_specification {
    type               = "CUSTOMER_MANAGED_KMS_KEY"
    kms_key_identifier = aws_kms_key.own.arn
  }
}

# expect: aws-network-firewall-customer-key
resource "aws_networkfirewall_firewall" "bad9" {}

# ok: aws-network-firewall-customer-key
resource "aws_networkfirewall_firewall" "good10" {
  encryption_configuration {
    type   = "CUSTOMER_KMS"
    key_id = aws_kms_key.own.arn
  }
}

# expect: aws-mq-customer-key
resource "aws_mq_broker" "bad11" {
  engine_type = "ActiveMQ"
}

# ok: aws-mq-customer-key
resource "aws_mq_broker" "good12" {
  encryption_options {
    use_aws_owned_key = false
    kms_key_id        = aws_kms_key.own.arn
  }
}

# expect: aws-firehose-customer-key
resource "aws_kinesis_firehose_delivery_stream" "bad13" {
  server_side_encryption {
    enabled = true
  }
}

# ok: aws-firehose-customer-key
resource "aws_kinesis_firehose_delivery_stream" "good14" {
  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = aws_kms_key.own.arn
  }
}

# ok: aws-firehose-customer-key
resource "aws_kinesis_firehose_delivery_stream" "good15" {
  kinesis_source_configuration {
    kinesis_stream_arn = var.stream
  }
}

# expect: aws-search-customer-key
resource "aws_opensearch_domain" "bad16" {
  encrypt_at_rest {
    enabled = true
  }
}

# ok: aws-search-customer-key
resource "aws_opensearch_domain" "good17" {
  encrypt_at_rest {
    enabled    = true
    kms_key_id = aws_kms_key.own.arn
  }
}
