# expect: aws-snapshot-unencrypted
resource "aws_db_cluster_snapshot" "bad1" {
  storage_encrypted = false
}

# ok: aws-snapshot-unencrypted
resource "aws_db_cluster_snapshot" "good2" {
  storage_encrypted = true
}

# expect: aws-dax-plain
resource "aws_dax_cluster" "bad3" {
  node_type = "dax.t3.small"
}

# ok: aws-dax-plain
resource "aws_dax_cluster" "good4" {
  cluster_endpoint_encryption_type = "TLS"
}

# expect: aws-appsync-cache-clear
resource "aws_appsync_api_cache" "bad5" {
  type = "SMALL"
}

# ok: aws-appsync-cache-clear
resource "aws_appsync_api_cache" "good6" {
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
}

# expect: aws-cloudsearch-plain
resource "aws_cloudsearch_domain" "bad7" {
  name = "a"
}

# ok: aws-cloudsearch-plain
resource "aws_cloudsearch_domain" "good8" {
  endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
  }
}

# expect: aws-pipeline-customer-key
resource "aws_codepipeline" "bad9" {
  artifact_store {
    location = "a"
    type     = "S3"
  }
}

# ok: aws-pipeline-customer-key
resource "aws_codepipeline" "good10" {
  artifact_store {
    location = "a"
    type     = "S3"
    encryption_key {
      id   = var.key
      type = "KMS"
    }
  }
}

# expect: aws-ecs-shell-not-logged
resource "aws_ecs_cluster" "bad11" {
  configuration {
    execute_command_configuration {
      logging = "NONE"
    }
  }
}

# ok: aws-ecs-shell-not-logged
resource "aws_ecs_cluster" "good12" {
  configuration {
    execute_command_configuration {
      logging = "OVERRIDE"
    }
  }
}

# expect: aws-rds-old-authority
resource "aws_db_instance" "bad13" {
  ca_cert_identifier = "rds-ca-2019"
}

# ok: aws-rds-old-authority
resource "aws_db_instance" "good14" {
  ca_cert_identifier = "rds-ca-rsa2048-g1"
}

# expect: aws-redshift-not-logged
resource "aws_redshift_cluster" "quiet" {
  cluster_identifier = "quiet"
}

# ok: aws-redshift-not-logged
resource "aws_redshift_cluster" "good15" {
  logging {
    enable = true
  }
}

# expect: aws-redshift-outside-routing
resource "aws_redshift_cluster" "bad16" {
  cluster_identifier = "a"
}

# ok: aws-redshift-outside-routing
resource "aws_redshift_cluster" "good17" {
  enhanced_vpc_routing = true
}

# expect: aws-glue-job-unprotected
resource "aws_glue_job" "bad18" {
  name = "copy"
}

# ok: aws-glue-job-unprotected
resource "aws_glue_job" "good19" {
  security_configuration = "main"
}

# expect: aws-efs-access-point-root
resource "aws_efs_access_point" "bad20" {
  file_system_id = var.fs
}

# ok: aws-efs-access-point-root
resource "aws_efs_access_point" "good21" {
  posix_user {
    uid = 1000
    gid = 1000
  }
  root_directory {
    path = "/app"
  }
}

# expect: aws-model-not-isolated
resource "aws_sagemaker_model" "bad22" {
  execution_role_arn = var.role
}

# ok: aws-model-not-isolated
resource "aws_sagemaker_model" "good23" {
  enable_network_isolation = true
}

# expect: aws-notebook-metadata-v1
resource "aws_sagemaker_notebook_instance" "bad24" {
  name = "lab"
}

# ok: aws-notebook-metadata-v1
resource "aws_sagemaker_notebook_instance" "good25" {
  instance_metadata_service_configuration {
    minimum_instance_metadata_service_version = "2"
  }
}

# expect: aws-desktops-direct-internet
resource "aws_appstream_fleet" "bad26" {
  enable_default_internet_access = true
}

# ok: aws-desktops-direct-internet
resource "aws_appstream_fleet" "good27" {
  name = "desk"
}

# expect: aws-emr-public-allowed
resource "aws_emr_block_public_access_configuration" "bad28" {
  block_public_security_group_rules = false
}

# ok: aws-emr-public-allowed
resource "aws_emr_block_public_access_configuration" "good29" {
  block_public_security_group_rules = true
}

# expect: aws-kms-key-disabled
resource "aws_kms_key" "bad30" {
  is_enabled = false
}

# ok: aws-kms-key-disabled
resource "aws_kms_key" "good31" {
  description = "data"
}

# expect: aws-waf-empty
resource "aws_wafv2_web_acl" "bad32" {
  name = "edge"
}

# ok: aws-waf-empty
resource "aws_wafv2_web_acl" "good33" {
  rules {
    priority = 1
  }
}

# expect: aws-wafv2-no-log4j
resource "aws_wafv2_web_acl" "bad34" {
  rule {
    name = "a"
  }
}

# ok: aws-wafv2-no-log4j
resource "aws_wafv2_web_acl" "good35" {
  rule {
    name = "a"
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
        vendor_name = "AWS"
      }
    }
  }
}

# expect: aws-database-deletable
resource "aws_db_instance" "bad36" {
  deletion_protection = false
}

# ok: aws-database-deletable
resource "aws_db_instance" "good37" {
  deletion_protection = true
}

# expect: aws-document-database-backup
resource "aws_docdb_cluster" "bad38" {
  engine = "docdb"
}

# ok: aws-document-database-backup
resource "aws_docdb_cluster" "good39" {
  backup_retention_period = 14
}

# expect: aws-web-port-public
resource "aws_security_group" "bad40" {
  description = "web"
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# ok: aws-web-port-public
resource "aws_security_group" "good41" {
  description = "web"
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# expect: aws-engine-not-upgraded
resource "aws_mq_broker" "bad42" {
  engine_type = "ActiveMQ"
}

# ok: aws-engine-not-upgraded
resource "aws_mq_broker" "good43" {
  auto_minor_version_upgrade = true
}

# expect: aws-table-global-no-recovery
resource "aws_dynamodb_table_replica" "bad46" {
  global_table_arn = var.table
}

# ok: aws-table-global-no-recovery
resource "aws_dynamodb_table_replica" "good47" {
  point_in_time_recovery = true
}

# expect: aws-beanstalk-not-updated
resource "aws_elastic_beanstalk_environment" "bad48" {
  name = "web"
}

# ok: aws-beanstalk-not-updated
resource "aws_elastic_beanstalk_environment" "good49" {
  setting {
    namespace = "aws:elasticbeanstalk:managedactions"
    name      = "ManagedActionsEnabled"
    value     = "true"
  }
}
