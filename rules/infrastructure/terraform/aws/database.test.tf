# expect: aws-rds-public
resource "aws_db_instance" "bad_rds_public" {
  publicly_accessible = true
}

# ok: aws-rds-public
resource "aws_db_instance" "good_rds_public" {
  publicly_accessible = false
}

# expect: aws-database-public
resource "aws_redshift_cluster" "bad_database_public" {
  cluster_identifier  = "sales"
  publicly_accessible = true
}

# ok: aws-database-public
resource "aws_redshift_cluster" "good_database_public" {
  cluster_identifier  = "sales"
  publicly_accessible = var.public
}

# expect: aws-rds-instance-unencrypted
resource "aws_db_instance" "bad_rds_instance_unencrypted" {
  engine = "postgres"
}

# ok: aws-rds-instance-unencrypted
resource "aws_db_instance" "good_rds_instance_unencrypted" {
  engine              = "postgres"
  replicate_source_db = "orders"
}

# expect: aws-rds-cluster-unencrypted
resource "aws_rds_cluster" "bad_rds_cluster_unencrypted" {
  engine            = "aurora-postgresql"
  storage_encrypted = false
}

# ok: aws-rds-cluster-unencrypted
resource "aws_rds_cluster" "good_rds_cluster_unencrypted" {
  engine            = "aurora-postgresql"
  storage_encrypted = true
}

# expect: aws-rds-cluster-customer-key
resource "aws_rds_cluster" "bad_rds_cluster_customer_key" {
  engine            = "aurora-postgresql"
  storage_encrypted = true
}

# ok: aws-rds-cluster-customer-key
resource "aws_rds_cluster" "good_rds_cluster_customer_key" {
  engine            = "aurora-postgresql"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.orders.arn
}

# expect: aws-rds-backup-retention
resource "aws_db_instance" "bad_rds_backup_retention" {
  engine                  = "postgres"
  backup_retention_period = 0
}

# ok: aws-rds-backup-retention
resource "aws_db_instance" "good_rds_backup_retention" {
  engine                  = "postgres"
  backup_retention_period = 14
}

# expect: aws-rds-performance-insights-key
resource "aws_db_instance" "bad_rds_performance_insights_key" {
  performance_insights_enabled = true
}

# ok: aws-rds-performance-insights-key
resource "aws_db_instance" "good_rds_performance_insights_key" {
  performance_insights_enabled    = true
  performance_insights_kms_key_id = aws_kms_key.orders.arn
}

# expect: aws-rds-auto-minor-upgrade-off
resource "aws_db_instance" "bad_rds_auto_minor_upgrade_off" {
  engine                     = "postgres"
  auto_minor_version_upgrade = false
}

# ok: aws-rds-auto-minor-upgrade-off
resource "aws_db_instance" "good_rds_auto_minor_upgrade_off" {
  engine = "postgres"
}

# expect: aws-database-password-literal
resource "aws_db_instance" "bad_database_password_literal" {
  username = "admin"
  password = "${join("", ["written", "-here"])}"
}

# ok: aws-database-password-literal
resource "aws_db_instance" "good_database_password_literal" {
  username = "admin"
  password = var.password
}

# expect: aws-docdb-unencrypted
resource "aws_docdb_cluster" "bad_docdb_unencrypted" {
  cluster_identifier = "catalogue"
}

# ok: aws-docdb-unencrypted
resource "aws_docdb_cluster" "good_docdb_unencrypted" {
  cluster_identifier = "catalogue"
  storage_encrypted  = true
}

# expect: aws-docdb-customer-key
resource "aws_docdb_cluster" "bad_docdb_customer_key" {
  cluster_identifier = "catalogue"
}

# ok: aws-docdb-customer-key
resource "aws_docdb_cluster" "good_docdb_customer_key" {
  cluster_identifier = "catalogue"
  kms_key_id         = aws_kms_key.catalogue.arn
}

# expect: aws-docdb-log-export
resource "aws_docdb_cluster" "bad_docdb_log_export" {
  cluster_identifier = "catalogue"
}

# ok: aws-docdb-log-export
resource "aws_docdb_cluster" "good_docdb_log_export" {
  cluster_identifier              = "catalogue"
  enabled_cloudwatch_logs_exports = ["audit"]
}

# expect: aws-neptune-unencrypted
resource "aws_neptune_cluster" "bad_neptune_unencrypted" {
  cluster_identifier = "friends"
}

# ok: aws-neptune-unencrypted
resource "aws_neptune_cluster" "good_neptune_unencrypted" {
  cluster_identifier = "friends"
  storage_encrypted  = true
}

# expect: aws-neptune-customer-key
resource "aws_neptune_cluster" "bad_neptune_customer_key" {
  cluster_identifier = "friends"
}

# ok: aws-neptune-customer-key
resource "aws_neptune_cluster" "good_neptune_customer_key" {
  cluster_identifier = "friends"
  kms_key_arn        = aws_kms_key.friends.arn
}

# expect: aws-neptune-log-export
resource "aws_neptune_cluster" "bad_neptune_log_export" {
  cluster_identifier             = "friends"
  enable_cloudwatch_logs_exports = []
}

# ok: aws-neptune-log-export
resource "aws_neptune_cluster" "good_neptune_log_export" {
  cluster_identifier             = "friends"
  enable_cloudwatch_logs_exports = ["audit"]
}

# expect: aws-redshift-unencrypted
resource "aws_redshift_cluster" "bad_redshift_unencrypted" {
  cluster_identifier = "sales"
}

# ok: aws-redshift-unencrypted
resource "aws_redshift_cluster" "good_redshift_unencrypted" {
  cluster_identifier = "sales"
  encrypted          = true
}

# expect: aws-redshift-customer-key
resource "aws_redshift_cluster" "bad_redshift_customer_key" {
  cluster_identifier = "sales"
}

# ok: aws-redshift-customer-key
resource "aws_redshift_cluster" "good_redshift_customer_key" {
  cluster_identifier = "sales"
  kms_key_id         = aws_kms_key.sales.arn
}

# expect: aws-redshift-no-vpc
resource "aws_redshift_cluster" "bad_redshift_no_vpc" {
  cluster_identifier = "sales"
}

# ok: aws-redshift-no-vpc
resource "aws_redshift_cluster" "good_redshift_no_vpc" {
  cluster_identifier        = "sales"
  cluster_subnet_group_name = "private"
}

# expect: aws-redshift-plain-connections
resource "aws_redshift_parameter_group" "bad_redshift_plain_connections" {
  family = "redshift-1.0"
}

# ok: aws-redshift-plain-connections
resource "aws_redshift_parameter_group" "good_redshift_plain_connections" {
  family = "redshift-1.0"
  parameter {
    name  = "require_ssl"
    value = "true"
  }
}

# expect: aws-elasticache-unencrypted
resource "aws_elasticache_replication_group" "bad_elasticache_unencrypted" {
  replication_group_id = "sessions"
}

# ok: aws-elasticache-unencrypted
resource "aws_elasticache_replication_group" "good_elasticache_unencrypted" {
  replication_group_id       = "sessions"
  at_rest_encryption_enabled = true
}

# expect: aws-elasticache-plain-connections
resource "aws_elasticache_replication_group" "bad_elasticache_plain_connections" {
  replication_group_id = "sessions"
}

# ok: aws-elasticache-plain-connections
resource "aws_elasticache_replication_group" "good_elasticache_plain_connections" {
  replication_group_id       = "sessions"
  transit_encryption_enabled = true
}

# expect: aws-elasticache-backup-retention
resource "aws_elasticache_cluster" "bad_elasticache_backup_retention" {
  engine    = "redis"
  node_type = "cache.t3.small"
}

# ok: aws-elasticache-backup-retention
resource "aws_elasticache_cluster" "good_elasticache_backup_retention" {
  engine                   = "redis"
  node_type                = "cache.t3.small"
  snapshot_retention_limit = 3
}

# expect: aws-elasticache-security-group-description
resource "aws_elasticache_security_group" "bad_elasticache_security_group_description" {
  description = ""
}

# ok: aws-elasticache-security-group-description
resource "aws_elasticache_security_group" "good_elasticache_security_group_description" {
  description = "Sessions of the shop"
}

# expect: aws-dynamodb-recovery
resource "aws_dynamodb_table" "bad_dynamodb_recovery" {
  name = "carts"
}

# ok: aws-dynamodb-recovery
resource "aws_dynamodb_table" "good_dynamodb_recovery" {
  name = "carts"
  point_in_time_recovery {
    enabled = true
  }
}

# expect: aws-dynamodb-customer-key
resource "aws_dynamodb_table" "bad_dynamodb_customer_key" {
  name = "carts"
  server_side_encryption {
    enabled = true
  }
}

# ok: aws-dynamodb-customer-key
resource "aws_dynamodb_table" "good_dynamodb_customer_key" {
  name = "carts"
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.carts.arn
  }
}

# expect: aws-dax-unencrypted
resource "aws_dax_cluster" "bad_dax_unencrypted" {
  cluster_name = "carts"
}

# ok: aws-dax-unencrypted
resource "aws_dax_cluster" "good_dax_unencrypted" {
  cluster_name = "carts"
  server_side_encryption {
    enabled = true
  }
}
