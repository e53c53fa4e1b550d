# expect: aws-copy-unencrypted
resource "aws_ami_copy" "bad1" {
  source_ami_id = "ami-12345678"
}

# ok: aws-copy-unencrypted
resource "aws_ami_copy" "good2" {
  source_ami_id = "ami-12345678"
  encrypted     = true
}

# expect: aws-image-disk-unencrypted
resource "aws_ami" "bad3" {
  ebs_block_device {
    device_name = "/dev/xvda"
  }
}

# ok: aws-image-disk-unencrypted
resource "aws_ami" "good4" {
  ebs_block_device {
    device_name = "/dev/xvda"
    encrypted   = true
  }
}

# ok: aws-image-disk-unencrypted
resource "aws_ami" "good5" {
  ebs_block_device {
    device_name = "/dev/xvda"
    snapshot_id = "snap-1"
    encrypted   = true
  }
}

# expect: aws-glue-unencrypted
resource "aws_glue_security_configuration" "bad6" {
  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "DISABLED"
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
    }
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
    }
  }
}

# ok: aws-glue-unencrypted
resource "aws_glue_security_configuration" "good7" {
  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
    }
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
    }
  }
}

# expect: aws-glue-catalog-unencrypted
resource "aws_glue_data_catalog_encryption_settings" "bad8" {
  data_catalog_encryption_settings {
    connection_password_encryption {
      return_connection_password_encrypted = false
    }
    encryption_at_rest {
      catalog_encryption_mode = "SSE-KMS"
    }
  }
}

# ok: aws-glue-catalog-unencrypted
resource "aws_glue_data_catalog_encryption_settings" "good9" {
  data_catalog_encryption_settings {
    connection_password_encryption {
      return_connection_password_encrypted = true
    }
    encryption_at_rest {
      catalog_encryption_mode = "SSE-KMS"
    }
  }
}

# expect: aws-docdb-global-unencrypted
resource "aws_docdb_global_cluster" "bad10" {
  global_cluster_identifier = "all"
}

# ok: aws-docdb-global-unencrypted
resource "aws_docdb_global_cluster" "good11" {
  storage_encrypted = true
}

# ok: aws-docdb-global-unencrypted
resource "aws_docdb_global_cluster" "good12" {
  source_db_cluster_identifier = aws_docdb_cluster.own.arn
}

# expect: aws-dlm-copy-unencrypted
resource "aws_dlm_lifecycle_policy" "bad13" {
  policy_details {
    schedule {
      name = "daily"
      cross_region_copy_rule {
        target    = "eu-west-1"
        encrypted = false
      }
    }
  }
}

# ok: aws-dlm-copy-unencrypted
resource "aws_dlm_lifecycle_policy" "good14" {
  policy_details {
    schedule {
      name = "daily"
      cross_region_copy_rule {
        target    = "eu-west-1"
        encrypted = true
      }
    }
  }
}

# expect: aws-build-logs-unencrypted
resource "aws_codebuild_project" "bad15" {
  logs_config {
    s3_logs {
      status              = "ENABLED"
      encryption_disabled = true
    }
  }
}

# ok: aws-build-logs-unencrypted
resource "aws_codebuild_project" "good16" {
  logs_config {
    s3_logs {
      status = "ENABLED"
    }
  }
}

# expect: aws-sessions-unencrypted
resource "aws_ssm_document" "bad17" {
  document_type = "Session"
  content       = jsonencode({ sessionType = "Standard_Stream", inputs = { s3BucketName = "logs", s3EncryptionEnabled = false, kmsKeyId = "k" } })
}

# ok: aws-sessions-unencrypted
resource "aws_ssm_document" "good18" {
  document_type = "Session"
  content       = jsonencode({ sessionType = "Standard_Stream", inputs = { s3BucketName = "logs", s3EncryptionEnabled = true, kmsKeyId = "k" } })
}

# ok: aws-sessions-unencrypted
resource "aws_ssm_document" "good19" {
  document_type = "Command"
  content       = "{}"
}

# expect: aws-sagemaker-job-plain
resource "aws_sagemaker_data_quality_job_definition" "bad20" {
  network_config {
    enable_inter_container_traffic_encryption = false
  }
}

# ok: aws-sagemaker-job-plain
resource "aws_sagemaker_data_quality_job_definition" "good21" {
  data_quality_job_output_config {
    kms_key_id = var.key
  }
  job_resources {
    cluster_config {
      volume_kms_key_id = var.key
    }
  }
  network_config {
    enable_inter_container_traffic_encryption = true
  }
}
