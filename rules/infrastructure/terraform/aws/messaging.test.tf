# expect: aws-sns-unencrypted
resource "aws_sns_topic" "bad_sns_unencrypted" {
  name = "orders"
}

# ok: aws-sns-unencrypted
resource "aws_sns_topic" "good_sns_unencrypted" {
  name              = "orders"
  kms_master_key_id = "alias/aws/sns"
}

# expect: aws-sns-customer-key
resource "aws_sns_topic" "bad_sns_customer_key" {
  kms_master_key_id = "alias/aws/sns"
}

# ok: aws-sns-customer-key
resource "aws_sns_topic" "good_sns_customer_key" {
  kms_master_key_id = aws_kms_key.orders.id
}

# expect: aws-sns-policy-public
resource "aws_sns_topic_policy" "bad_sns_policy_public" {
  arn    = var.topic
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "sns:Publish", Resource = var.topic }] })
}

# ok: aws-sns-policy-public
resource "aws_sns_topic_policy" "good_sns_policy_public" {
  arn    = var.topic
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sns:Publish", Resource = var.topic }] })
}

# expect: aws-sqs-unencrypted
resource "aws_sqs_queue" "bad_sqs_unencrypted" {
  name                    = "orders"
  sqs_managed_sse_enabled = false
}

# ok: aws-sqs-unencrypted
resource "aws_sqs_queue" "good_sqs_unencrypted" {
  name = "orders"
}

# expect: aws-sqs-customer-key
resource "aws_sqs_queue" "bad_sqs_customer_key" {
  kms_master_key_id = "alias/aws/sqs"
}

# ok: aws-sqs-customer-key
resource "aws_sqs_queue" "good_sqs_customer_key" {
  kms_master_key_id = aws_kms_key.orders.id
}

# expect: aws-sqs-policy-wildcard
resource "aws_sqs_queue_policy" "bad_sqs_policy_wildcard" {
  queue_url = var.queue
  policy    = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = var.role }, Action = "sqs:*" }] })
}

# ok: aws-sqs-policy-wildcard
resource "aws_sqs_queue_policy" "good_sqs_policy_wildcard" {
  queue_url = var.queue
  policy    = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = var.role }, Action = "sqs:SendMessage" }] })
}

# expect: aws-sqs-policy-public
resource "aws_sqs_queue_policy" "bad_sqs_policy_public" {
  queue_url = var.queue
  policy    = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage" }] })
}

# ok: aws-sqs-policy-public
resource "aws_sqs_queue_policy" "good_sqs_policy_public" {
  queue_url = var.queue
  policy    = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "sqs:SendMessage" }] })
}

# expect: aws-kinesis-unencrypted
resource "aws_kinesis_stream" "bad_kinesis_unencrypted" {
  name = "clicks"
}

# ok: aws-kinesis-unencrypted
resource "aws_kinesis_stream" "good_kinesis_unencrypted" {
  name            = "clicks"
  encryption_type = "KMS"
}

# expect: aws-firehose-unencrypted
resource "aws_kinesis_firehose_delivery_stream" "bad_firehose_unencrypted" {
  name = "clicks"
}

# ok: aws-firehose-unencrypted
resource "aws_kinesis_firehose_delivery_stream" "good_firehose_unencrypted" {
  name = "clicks"
  server_side_encryption {
    enabled = true
  }
}

# expect: aws-mq-public
resource "aws_mq_broker" "bad_mq_public" {
  publicly_accessible = true
}

# ok: aws-mq-public
resource "aws_mq_broker" "good_mq_public" {
  publicly_accessible = false
}

# expect: aws-mq-audit-logs
resource "aws_mq_broker" "bad_mq_audit_logs" {
  engine_type = "ActiveMQ"
}

# ok: aws-mq-audit-logs
resource "aws_mq_broker" "good_mq_audit_logs" {
  engine_type = "RabbitMQ"
}

# expect: aws-mq-general-logs
resource "aws_mq_broker" "bad_mq_general_logs" {
  engine_type = "RabbitMQ"
}

# ok: aws-mq-general-logs
resource "aws_mq_broker" "good_mq_general_logs" {
  engine_type = "RabbitMQ"
  logs {
    general = true
  }
}

# expect: aws-msk-plain-traffic
resource "aws_msk_cluster" "bad_msk_plain_traffic" {
  encryption_info {
    encryption_in_transit {
      client_broker = "PLAINTEXT"
    }
  }
}

# ok: aws-msk-plain-traffic
resource "aws_msk_cluster" "good_msk_plain_traffic" {
  encryption_info {
    encryption_in_transit {
      client_broker = "TLS"
    }
  }
}

# expect: aws-msk-customer-key
resource "aws_msk_cluster" "bad_msk_customer_key" {
  cluster_name = "clicks"
}

# ok: aws-msk-customer-key
resource "aws_msk_cluster" "good_msk_customer_key" {
  cluster_name = "clicks"
  encryption_info {
    encryption_at_rest_kms_key_arn = aws_kms_key.clicks.arn
  }
}

# expect: aws-msk-logs
resource "aws_msk_cluster" "bad_msk_logs" {
  cluster_name = "clicks"
}

# ok: aws-msk-logs
resource "aws_msk_cluster" "good_msk_logs" {
  cluster_name = "clicks"
  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled   = true
        log_group = var.log_group
      }
    }
  }
}

# expect: aws-msk-public
resource "aws_msk_cluster" "bad_msk_public" {
  broker_node_group_info {
    connectivity_info {
      public_access {
        type = "SERVICE_PROVIDED_EIPS"
      }
    }
  }
}

# ok: aws-msk-public
resource "aws_msk_cluster" "good_msk_public" {
  broker_node_group_info {
    connectivity_info {
      public_access {
        type = "DISABLED"
      }
    }
  }
}
