# expect: aws-iam-policy-reads-all-data
resource "aws_iam_policy" "bad1" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
}

# expect: aws-iam-policy-reads-all-data
data "aws_iam_policy_document" "bad" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

# ok: aws-iam-policy-reads-all-data
resource "aws_iam_policy" "good2" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a" }] })
}

# ok: aws-iam-policy-reads-all-data
resource "aws_iam_policy" "good3" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "ec2:DescribeInstances", Resource = "*" }] })
}

# expect: aws-iam-policy-gives-credentials
resource "aws_iam_policy" "bad4" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }] })
}

# ok: aws-iam-policy-gives-credentials
resource "aws_iam_policy" "good5" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::123456789012:role/deploy" }] })
}

# expect: aws-iam-policy-shares-resources
resource "aws_iam_policy" "bad6" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:PutBucketPolicy", Resource = "*" }] })
}

# ok: aws-iam-policy-shares-resources
resource "aws_iam_policy" "good7" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:PutBucketPolicy", Resource = "arn:aws:s3:::own" }] })
}

# expect: aws-iam-policy-iam-wildcard
resource "aws_iam_policy" "bad8" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
}

# ok: aws-iam-policy-iam-wildcard
resource "aws_iam_policy" "good9" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "iam:GetUser", Resource = "*" }] })
}

# expect: aws-bucket-policy-plain-http
resource "aws_s3_bucket_policy" "bad10" {
  bucket = "a"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::a/*" }] })
}

# ok: aws-bucket-policy-plain-http
resource "aws_s3_bucket_policy" "good11" {
  bucket = "a"
  policy = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }] })
}
