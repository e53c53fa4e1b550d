# expect: aws-lambda-url-public
resource "aws_lambda_function_url" "bad_lambda_url_public" {
  function_name      = "hook"
  authorization_type = "NONE"
}

# ok: aws-lambda-url-public
resource "aws_lambda_function_url" "good_lambda_url_public" {
  function_name      = "hook"
  authorization_type = "AWS_IAM"
}

# expect: aws-lambda-permission-unrestricted
resource "aws_lambda_permission" "bad_lambda_permission_unrestricted" {
  function_name = "hook"
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
}

# ok: aws-lambda-permission-unrestricted
resource "aws_lambda_permission" "good_lambda_permission_unrestricted" {
  function_name = "hook"
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.nightly.arn
}

# expect: aws-lambda-permission-public
resource "aws_lambda_permission" "bad_lambda_permission_public" {
  function_name = "hook"
  action        = "lambda:InvokeFunction"
  principal     = "*"
}

# ok: aws-lambda-permission-public
resource "aws_lambda_permission" "good_lambda_permission_public" {
  function_name    = "hook"
  action           = "lambda:InvokeFunction"
  principal        = "*"
  principal_org_id = "o-example"
}

# expect: aws-lambda-plain-secret
resource "aws_lambda_function" "bad_lambda_plain_secret" {
  function_name = "hook"
  environment {
    variables = {
      DB_PASSWORD = "${join("", ["not-", "a-real-one"])}"
    }
  }
}

# ok: aws-lambda-plain-secret
resource "aws_lambda_function" "good_lambda_plain_secret" {
  function_name = "hook"
  environment {
    variables = {
      DB_PASSWORD_ARN = var.secret
    }
  }
}

# expect: aws-lambda-tracing-off
resource "aws_lambda_function" "bad_lambda_tracing_off" {
  tracing_config {
    mode = "PassThrough"
  }
}

# ok: aws-lambda-tracing-off
resource "aws_lambda_function" "good_lambda_tracing_off" {
  tracing_config {
    mode = "Active"
  }
}

# expect: aws-lambda-old-runtime
resource "aws_lambda_function" "bad_lambda_old_runtime" {
  runtime = "python3.7"
}

# ok: aws-lambda-old-runtime
resource "aws_lambda_function" "good_lambda_old_runtime" {
  runtime = "python3.13"
}

# expect: aws-cognito-open-registration
resource "aws_cognito_identity_pool" "bad_cognito_open_registration" {
  allow_unauthenticated_identities = true
}

# ok: aws-cognito-open-registration
resource "aws_cognito_identity_pool" "good_cognito_open_registration" {
  allow_unauthenticated_identities = false
}

# expect: aws-sagemaker-direct-internet
resource "aws_sagemaker_notebook_instance" "bad_sagemaker_direct_internet" {
  name = "explore"
}

# ok: aws-sagemaker-direct-internet
resource "aws_sagemaker_notebook_instance" "good_sagemaker_direct_internet" {
  name                   = "explore"
  direct_internet_access = "Disabled"
}

# expect: aws-sagemaker-root-access
resource "aws_sagemaker_notebook_instance" "bad_sagemaker_root_access" {
  name = "explore"
}

# ok: aws-sagemaker-root-access
resource "aws_sagemaker_notebook_instance" "good_sagemaker_root_access" {
  name        = "explore"
  root_access = "Disabled"
}

# expect: aws-transfer-public-ftp
resource "aws_transfer_server" "bad_transfer_public_ftp" {
  protocols = ["FTP", "SFTP"]
}

# ok: aws-transfer-public-ftp
resource "aws_transfer_server" "good_transfer_public_ftp" {
  protocols = ["SFTP"]
}
