# expect: aws-database-no-iam-login
resource "aws_db_instance" "bad1" {
  engine = "postgres"
}

# ok: aws-database-no-iam-login
resource "aws_db_instance" "good2" {
  engine                              = "postgres"
  iam_database_authentication_enabled = true
}

# ok: aws-database-no-iam-login
resource "aws_db_instance" "good3" {
  engine = "sqlserver-ex"
}

# expect: aws-log-group-retention
resource "aws_cloudwatch_log_group" "bad4" {
  name = "app"
}

# ok: aws-log-group-retention
resource "aws_cloudwatch_log_group" "good5" {
  name              = "app"
  retention_in_days = 365
}

# expect: aws-database-logs-not-exported
resource "aws_db_instance" "bad6" {
  engine = "postgres"
}

# ok: aws-database-logs-not-exported
resource "aws_db_instance" "good7" {
  engine                          = "postgres"
  enabled_cloudwatch_logs_exports = ["postgresql"]
}

# expect: aws-docdb-audit-parameter
resource "aws_docdb_cluster_parameter_group" "bad8" {
  family = "docdb5.0"
}

# ok: aws-docdb-audit-parameter
resource "aws_docdb_cluster_parameter_group" "good9" {
  parameter {
    name  = "audit_logs"
    value = "enabled"
  }
}

# expect: aws-waf-not-logged
resource "aws_waf_web_acl" "bad10" {
  metric_name = "web"
}

# ok: aws-waf-not-logged
resource "aws_waf_web_acl" "good11" {
  metric_name = "web"
  logging_configuration {
    log_destination = var.stream
  }
}

# expect: aws-airflow-not-logged
resource "aws_mwaa_environment" "bad12" {
  name = "flows"
}

# ok: aws-airflow-not-logged
resource "aws_mwaa_environment" "good13" {
  logging_configuration {
    scheduler_logs {
      enabled = true
    }
    webserver_logs {
      enabled = true
    }
    worker_logs {
      enabled = true
    }
  }
}

# expect: aws-appsync-not-logged
resource "aws_appsync_graphql_api" "bad14" {
  name = "api"
}

# ok: aws-appsync-not-logged
resource "aws_appsync_graphql_api" "good15" {
  log_config {
    cloudwatch_logs_role_arn = var.role
    field_log_level          = "ERROR"
  }
}

# expect: aws-secret-not-rotated
resource "aws_secretsmanager_secret" "forgotten" {
  name = "forgotten"
}

# ok: aws-secret-not-rotated
resource "aws_secretsmanager_secret" "rotated" {
  name = "rotated"
}

# expect: aws-secret-rotated-rarely
resource "aws_secretsmanager_secret_rotation" "bad16" {
  secret_id = "other"
  rotation_rules {
    automatically_after_days = 180
  }
}

# ok: aws-secret-rotated-rarely
resource "aws_secretsmanager_secret_rotation" "good17" {
  secret_id = aws_secretsmanager_secret.rotated.id
  rotation_rules {
    automatically_after_days = 30
  }
}

# expect: aws-config-partial
resource "aws_config_configuration_recorder" "bad18" {
  recording_group {
    all_supported = false
  }
}

# ok: aws-config-partial
resource "aws_config_configuration_recorder" "good19" {
  recording_group {
    all_supported                 = true
    include_global_resource_types = true
  }
}

# expect: aws-function-code-unsigned
resource "aws_lambda_function" "bad20" {
  runtime  = "nodejs22.x"
  filename = "f.zip"
}

# ok: aws-function-code-unsigned
resource "aws_lambda_function" "good21" {
  code_signing_config_arn = var.signing
}

# ok: aws-function-code-unsigned
resource "aws_lambda_function" "good22" {
  package_type = "Image"
  image_uri    = "x"
}
