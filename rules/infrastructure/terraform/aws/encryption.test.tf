# expect: aws-kms-rotation
resource "aws_kms_key" "bad_kms_rotation" {
  description = "Orders"
}

# ok: aws-kms-rotation
resource "aws_kms_key" "good_kms_rotation" {
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "RSA_4096"
}

# expect: aws-kms-policy-public
resource "aws_kms_key" "bad_kms_policy_public" {
  enable_key_rotation = true
  policy              = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }] })
}

# ok: aws-kms-policy-public
resource "aws_kms_key" "good_kms_policy_public" {
  enable_key_rotation = true
  policy              = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = var.root }, Action = "kms:*", Resource = "*" }] })
}

# expect: aws-secret-customer-key
resource "aws_secretsmanager_secret" "bad_secret_customer_key" {
  name = "database"
}

# ok: aws-secret-customer-key
resource "aws_secretsmanager_secret" "good_secret_customer_key" {
  name       = "database"
  kms_key_id = aws_kms_key.secrets.arn
}

# expect: aws-secret-policy-public
resource "aws_secretsmanager_secret_policy" "bad_secret_policy_public" {
  secret_arn = var.secret
  policy     = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
}

# ok: aws-secret-policy-public
resource "aws_secretsmanager_secret_policy" "good_secret_policy_public" {
  secret_arn = var.secret
  policy     = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = var.role }, Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
}

# expect: aws-ssm-parameter-plain
resource "aws_ssm_parameter" "bad_ssm_parameter_plain" {
  name  = "/shop/db-password"
  type  = "String"
  value = var.password
}

# ok: aws-ssm-parameter-plain
resource "aws_ssm_parameter" "good_ssm_parameter_plain" {
  name  = "/shop/db-password"
  type  = "SecureString"
  value = var.password
}

# expect: aws-secret-in-http-request
data "http" "bad_secret_in_http_request" {
  url = "https://example.com/?p=${aws_ssm_parameter.good_ssm_parameter_plain.value}"
}

# ok: aws-secret-in-http-request
data "http" "good_secret_in_http_request" {
  url = "https://example.com/?region=${var.region}"
}

# expect: aws-efs-unencrypted
resource "aws_efs_file_system" "bad_efs_unencrypted" {
  creation_token = "uploads"
}

# ok: aws-efs-unencrypted
resource "aws_efs_file_system" "good_efs_unencrypted" {
  creation_token = "uploads"
  encrypted      = true
}

# expect: aws-efs-policy-public
resource "aws_efs_file_system_policy" "bad_efs_policy_public" {
  file_system_id = var.files
  policy         = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "elasticfilesystem:ClientMount" }] })
}

# ok: aws-efs-policy-public
resource "aws_efs_file_system_policy" "good_efs_policy_public" {
  file_system_id = var.files
  policy         = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "elasticfilesystem:ClientMount", Condition = { Bool = { "elasticfilesystem:AccessedViaMountTarget" = "true" } } }] })
}

# expect: aws-backup-vault-policy-public
resource "aws_backup_vault_policy" "bad_backup_vault_policy_public" {
  backup_vault_name = "all"
  policy            = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "backup:*" }] })
}

# ok: aws-backup-vault-policy-public
resource "aws_backup_vault_policy" "good_backup_vault_policy_public" {
  backup_vault_name = "all"
  policy            = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = var.account }, Action = "backup:CopyIntoBackupVault" }] })
}

# expect: aws-glacier-policy-public
resource "aws_glacier_vault" "bad_glacier_policy_public" {
  name          = "old"
  access_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "glacier:InitiateJob" }] })
}

# ok: aws-glacier-policy-public
resource "aws_glacier_vault" "good_glacier_policy_public" {
  name          = "old"
  access_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = var.account }, Action = "glacier:InitiateJob" }] })
}

# expect: aws-athena-unencrypted
resource "aws_athena_database" "bad_athena_unencrypted" {
  name   = "clicks"
  bucket = "clicks-results"
}

# ok: aws-athena-unencrypted
resource "aws_athena_database" "good_athena_unencrypted" {
  name   = "clicks"
  bucket = "clicks-results"
  encryption_configuration {
    encryption_option = "SSE_S3"
  }
}

# expect: aws-athena-override
resource "aws_athena_workgroup" "bad_athena_override" {
  name = "analysts"
  configuration {
    enforce_workgroup_configuration = false
  }
}

# ok: aws-athena-override
resource "aws_athena_workgroup" "good_athena_override" {
  name = "analysts"
  configuration {
    enforce_workgroup_configuration = true
  }
}

# expect: aws-workspaces-unencrypted
resource "aws_workspaces_workspace" "bad_workspaces_unencrypted" {
  user_name                      = "jo"
  root_volume_encryption_enabled = true
}

# ok: aws-workspaces-unencrypted
resource "aws_workspaces_workspace" "good_workspaces_unencrypted" {
  user_name                      = "jo"
  root_volume_encryption_enabled = true
  user_volume_encryption_enabled = true
}

# expect: aws-emr-unencrypted
resource "aws_emr_security_configuration" "bad_emr_unencrypted" {
  configuration = jsonencode({ EncryptionConfiguration = { EnableAtRestEncryption = false } })
}

# ok: aws-emr-unencrypted
resource "aws_emr_security_configuration" "good_emr_unencrypted" {
  configuration = jsonencode({ EncryptionConfiguration = { EnableAtRestEncryption = true } })
}

# expect: aws-emr-plain-traffic
resource "aws_emr_security_configuration" "bad_emr_plain_traffic" {
  configuration = jsonencode({ EncryptionConfiguration = { EnableInTransitEncryption = false } })
}

# ok: aws-emr-plain-traffic
resource "aws_emr_security_configuration" "good_emr_plain_traffic" {
  configuration = jsonencode({ EncryptionConfiguration = { EnableInTransitEncryption = true } })
}

# expect: aws-emr-local-disk
resource "aws_emr_security_configuration" "bad_emr_local_disk" {
  configuration = jsonencode({ EncryptionConfiguration = { EnableAtRestEncryption = true } })
}

# ok: aws-emr-local-disk
resource "aws_emr_security_configuration" "good_emr_local_disk" {
  configuration = jsonencode({
    EncryptionConfiguration = {
      AtRestEncryptionConfiguration = { LocalDiskEncryptionConfiguration = { EncryptionKeyProviderType = "AwsKms" } }
    }
  })
}

# expect: aws-codebuild-unencrypted
resource "aws_codebuild_project" "bad_codebuild_unencrypted" {
  artifacts {
    type                = "S3"
    encryption_disabled = true
  }
}

# ok: aws-codebuild-unencrypted
resource "aws_codebuild_project" "good_codebuild_unencrypted" {
  artifacts {
    type = "S3"
  }
}

# expect: aws-codebuild-plain-secret
resource "aws_codebuild_project" "bad_codebuild_plain_secret" {
  environment {
    environment_variable {
      name  = "REGISTRY_PASSWORD"
      value = "${join("", ["not-", "a-real-one"])}"
    }
  }
}

# ok: aws-codebuild-plain-secret
resource "aws_codebuild_project" "good_codebuild_plain_secret" {
  environment {
    environment_variable {
      name  = "REGISTRY_PASSWORD"
      type  = "SECRETS_MANAGER"
      value = "registry:password"
    }
  }
}

# expect: aws-codebuild-privileged
resource "aws_codebuild_project" "bad_codebuild_privileged" {
  environment {
    privileged_mode = true
  }
}

# ok: aws-codebuild-privileged
resource "aws_codebuild_project" "good_codebuild_privileged" {
  environment {
    privileged_mode = false
  }
}
