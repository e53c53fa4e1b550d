# expect: aws-s3-acl-public
resource "aws_s3_bucket" "bad_s3_acl_public" {
  bucket = "shop-images"
  acl    = "public-read"
}

# ok: aws-s3-acl-public
resource "aws_s3_bucket" "good_s3_acl_public" {
  bucket = "shop-orders"
  acl    = "private"
}

# expect: aws-s3-acl-grant-public
resource "aws_s3_bucket_acl" "bad_s3_acl_grant_public" {
  bucket = "shop-orders"
  access_control_policy {
    grant {
      permission = "READ"
      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/global/AllUsers"
      }
    }
  }
}

# ok: aws-s3-acl-grant-public
resource "aws_s3_bucket_acl" "good_s3_acl_grant_public" {
  bucket = "shop-orders"
  access_control_policy {
    grant {
      permission = "READ"
      grantee {
        type = "CanonicalUser"
        id   = var.partner
      }
    }
  }
}

# expect: aws-s3-policy-public
resource "aws_s3_bucket_policy" "bad_s3_policy_public" {
  bucket = "shop-orders"
  policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${var.bucket_arn}/*"
    }]
  })
}

# ok: aws-s3-policy-public
resource "aws_s3_bucket_policy" "good_s3_policy_public" {
  bucket = "shop-orders"
  policy = data.aws_iam_policy_document.through_cdn.json
}

data "aws_iam_policy_document" "through_cdn" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${var.bucket_arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [var.distribution_arn]
    }
  }
}

# expect: aws-s3-block-public-acls
resource "aws_s3_bucket_public_access_block" "bad_s3_block_public_acls" {
  bucket            = "shop-orders"
  block_public_acls = false
}

# ok: aws-s3-block-public-acls
resource "aws_s3_bucket_public_access_block" "good_s3_block_public_acls" {
  bucket            = "shop-orders"
  block_public_acls = true
}

# expect: aws-s3-block-public-policy
resource "aws_s3_bucket_public_access_block" "bad_s3_block_public_policy" {
  bucket = "shop-orders"
}

# ok: aws-s3-block-public-policy
resource "aws_s3_bucket_public_access_block" "good_s3_block_public_policy" {
  bucket              = "shop-orders"
  block_public_policy = true
}

# expect: aws-s3-ignore-public-acls
resource "aws_s3_bucket_public_access_block" "bad_s3_ignore_public_acls" {
  bucket = "shop-orders"
}

# ok: aws-s3-ignore-public-acls
resource "aws_s3_bucket_public_access_block" "good_s3_ignore_public_acls" {
  bucket             = "shop-orders"
  ignore_public_acls = var.ignore
}

# expect: aws-s3-restrict-public-buckets
resource "aws_s3_bucket_public_access_block" "bad_s3_restrict_public_buckets" {
  bucket                  = "shop-orders"
  restrict_public_buckets = false
}

# ok: aws-s3-restrict-public-buckets
resource "aws_s3_bucket_public_access_block" "good_s3_restrict_public_buckets" {
  bucket                  = "shop-orders"
  restrict_public_buckets = true
}

# expect: aws-s3-public-access-block-missing
resource "aws_s3_bucket" "bad_s3_public_access_block_missing" {
  bucket = "alone"
}

# ok: aws-s3-public-access-block-missing
resource "aws_s3_bucket" "good_s3_public_access_block_missing" {
  bucket = "guarded"
}

resource "aws_s3_bucket_public_access_block" "guard" {
  bucket                  = aws_s3_bucket.good_s3_public_access_block_missing.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# expect: aws-s3-versioning
resource "aws_s3_bucket" "bad_s3_versioning" {
  bucket = "forgetful"
}

# ok: aws-s3-versioning
resource "aws_s3_bucket" "good_s3_versioning" {
  bucket = "remembering"
}

resource "aws_s3_bucket_versioning" "of_remembering" {
  bucket = aws_s3_bucket.good_s3_versioning.id
  versioning_configuration {
    status = "Enabled"
  }
}

# expect: aws-s3-mfa-delete
resource "aws_s3_bucket_versioning" "bad_s3_mfa_delete" {
  bucket = "ledger"
  versioning_configuration {
    status     = "Enabled"
    mfa_delete = "Disabled"
  }
}

# ok: aws-s3-mfa-delete
resource "aws_s3_bucket_versioning" "good_s3_mfa_delete" {
  bucket = "ledger"
  versioning_configuration {
    status     = "Enabled"
    mfa_delete = "Enabled"
  }
}

# expect: aws-s3-access-logging
resource "aws_s3_bucket" "bad_s3_access_logging" {
  bucket = "unwatched"
}

# ok: aws-s3-access-logging
resource "aws_s3_bucket" "good_s3_access_logging" {
  bucket = "watched"
}

resource "aws_s3_bucket_logging" "of_watched" {
  bucket        = aws_s3_bucket.good_s3_access_logging.id
  target_bucket = aws_s3_bucket.takes_logs.id
  target_prefix = "watched/"
}

# ok: aws-s3-access-logging
resource "aws_s3_bucket" "takes_logs" {
  bucket = "all-logs"
}

# expect: aws-s3-customer-key
resource "aws_s3_bucket" "bad_s3_customer_key" {
  bucket = "service-key"
}

# ok: aws-s3-customer-key
resource "aws_s3_bucket" "good_s3_customer_key" {
  bucket = "own-key"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "of_own_key" {
  bucket = aws_s3_bucket.good_s3_customer_key.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.own.arn
    }
  }
}

# ok: aws-s3-customer-key
resource "aws_s3_bucket" "log_deliveries" {
  bucket = "log-deliveries"
  acl    = "log-delivery-write"
}
