# expect: aws-iam-policy-admin
resource "aws_iam_policy" "bad_iam_policy_admin" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["*"], Resource = "*" }] })
}

# ok: aws-iam-policy-admin
resource "aws_iam_policy" "good_iam_policy_admin" {
  policy = jsonencode({ Statement = [{ Effect = "Deny", Action = ["*"], Resource = "*" }] })
}

# expect: aws-iam-policy-service-wildcard
resource "aws_iam_policy" "bad_iam_policy_service_wildcard" {
  policy = data.aws_iam_policy_document.all_of_dynamodb.json
}

# ok: aws-iam-policy-service-wildcard
resource "aws_iam_policy" "good_iam_policy_service_wildcard" {
  policy = data.aws_iam_policy_document.one_table.json
}

data "aws_iam_policy_document" "all_of_dynamodb" {
  statement {
    actions   = ["dynamodb:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "one_table" {
  statement {
    actions   = ["dynamodb:*"]
    resources = [aws_dynamodb_table.carts.arn]
  }
}

# expect: aws-iam-policy-escalation
resource "aws_iam_role_policy" "bad_iam_policy_escalation" {
  role   = "deployer"
  policy = <<-EOT
    {
      "Statement": [
        { "Effect": "Allow", "Action": ["iam:PassRole", "ecs:RunTask"], "Resource": "*" }
      ]
    }
  EOT
}

# ok: aws-iam-policy-escalation
resource "aws_iam_role_policy" "good_iam_policy_escalation" {
  role   = "deployer"
  policy = <<-EOT
    {
      "Statement": [
        { "Effect": "Allow", "Action": "iam:PassRole", "Resource": "${aws_iam_role.task.arn}" },
        { "Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*" }
      ]
    }
  EOT
}

# expect: aws-iam-policy-not-action
resource "aws_iam_policy" "bad_iam_policy_not_action" {
  policy = jsonencode({ Statement = { Effect = "Allow", NotAction = "iam:*", Resource = "*" } })
}

# ok: aws-iam-policy-not-action
resource "aws_iam_policy" "good_iam_policy_not_action" {
  policy = jsonencode({ Statement = { Effect = "Deny", NotAction = "iam:*", Resource = "*" } })
}

# expect: aws-iam-administrator-attached
resource "aws_iam_role_policy_attachment" "bad_iam_administrator_attached" {
  role       = "deployer"
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# ok: aws-iam-administrator-attached
resource "aws_iam_role_policy_attachment" "good_iam_administrator_attached" {
  role       = "deployer"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

# expect: aws-iam-s3-full-access
resource "aws_iam_role_policy_attachment" "bad_iam_s3_full_access" {
  role       = "uploader"
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
}

# ok: aws-iam-s3-full-access
resource "aws_iam_role_policy_attachment" "good_iam_s3_full_access" {
  role       = "uploader"
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}

# expect: aws-iam-role-trusts-everybody
resource "aws_iam_role" "bad_iam_role_trusts_everybody" {
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "sts:AssumeRole" }] })
}

# ok: aws-iam-role-trusts-everybody
resource "aws_iam_role" "good_iam_role_trusts_everybody" {
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

# expect: aws-iam-role-trusts-oidc-subject
resource "aws_iam_role" "bad_iam_role_trusts_oidc_subject" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
      }
    }]
  })
}

# ok: aws-iam-role-trusts-oidc-subject
resource "aws_iam_role" "good_iam_role_trusts_oidc_subject" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:sub" = "repo:example/shop:ref:refs/heads/main" }
      }
    }]
  })
}

# expect: aws-iam-user-policy
resource "aws_iam_user_policy" "bad_iam_user_policy" {
  user   = "jo"
  policy = jsonencode({ Statement = [] })
}

# ok: aws-iam-user-policy, aws-iam-group-mfa
resource "aws_iam_group_policy" "of_group" {
  group = aws_iam_group.good_iam_group_mfa.name
  policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "ec2:StartInstances"
      Resource  = "*"
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}

# expect: aws-iam-root-access-key
resource "aws_iam_access_key" "bad_iam_root_access_key" {
  user = "root"
}

# ok: aws-iam-root-access-key
resource "aws_iam_access_key" "good_iam_root_access_key" {
  user = "deployer"
}

# expect: aws-iam-access-key
resource "aws_iam_access_key" "bad_iam_access_key" {
  user = "deployer"
}

# ok: aws-iam-access-key
resource "aws_iam_access_key" "good_iam_access_key" {
  user   = "deployer"
  status = "Inactive"
}

# expect: aws-iam-group-mfa
resource "aws_iam_group" "bad_iam_group_mfa" {
  name = "everybody"
}

# ok: aws-iam-group-mfa
resource "aws_iam_group" "good_iam_group_mfa" {
  name = "operators"
}

# expect: aws-iam-password-length
resource "aws_iam_account_password_policy" "bad_iam_password_length" {
  minimum_password_length = 8
}

# ok: aws-iam-password-length
resource "aws_iam_account_password_policy" "good_iam_password_length" {
  minimum_password_length = 16
}

# expect: aws-iam-password-reuse
resource "aws_iam_account_password_policy" "bad_iam_password_reuse" {
  minimum_password_length = 16
}

# ok: aws-iam-password-reuse
resource "aws_iam_account_password_policy" "good_iam_password_reuse" {
  password_reuse_prevention = 24
}

# expect: aws-iam-password-age
resource "aws_iam_account_password_policy" "bad_iam_password_age" {
  max_password_age = 0
}

# ok: aws-iam-password-age
resource "aws_iam_account_password_policy" "good_iam_password_age" {
  max_password_age = 90
}

# expect: aws-iam-password-lowercase
resource "aws_iam_account_password_policy" "bad_iam_password_lowercase" {
  require_lowercase_characters = false
}

# ok: aws-iam-password-lowercase
resource "aws_iam_account_password_policy" "good_iam_password_lowercase" {
  require_lowercase_characters = true
}

# expect: aws-iam-password-uppercase
resource "aws_iam_account_password_policy" "bad_iam_password_uppercase" {
  require_uppercase_characters = false
}

# ok: aws-iam-password-uppercase
resource "aws_iam_account_password_policy" "good_iam_password_uppercase" {
  require_uppercase_characters = true
}

# expect: aws-iam-password-numbers
resource "aws_iam_account_password_policy" "bad_iam_password_numbers" {
  require_numbers = false
}

# ok: aws-iam-password-numbers
resource "aws_iam_account_password_policy" "good_iam_password_numbers" {
  require_numbers = true
}

# expect: aws-iam-password-symbols
resource "aws_iam_account_password_policy" "bad_iam_password_symbols" {
  require_symbols = false
}

# ok: aws-iam-password-symbols
resource "aws_iam_account_password_policy" "good_iam_password_symbols" {
  require_symbols = true
}
