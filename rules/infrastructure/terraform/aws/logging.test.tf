# expect: aws-cloudtrail-single-region
resource "aws_cloudtrail" "bad_cloudtrail_single_region" {
  name = "events"
}

# ok: aws-cloudtrail-single-region
resource "aws_cloudtrail" "good_cloudtrail_single_region" {
  is_multi_region_trail = true
}

# expect: aws-cloudtrail-log-validation
resource "aws_cloudtrail" "bad_cloudtrail_log_validation" {
  name = "events"
}

# ok: aws-cloudtrail-log-validation
resource "aws_cloudtrail" "good_cloudtrail_log_validation" {
  enable_log_file_validation = true
}

# expect: aws-cloudtrail-customer-key
resource "aws_cloudtrail" "bad_cloudtrail_customer_key" {
  name = "events"
}

# ok: aws-cloudtrail-customer-key
resource "aws_cloudtrail" "good_cloudtrail_customer_key" {
  kms_key_id = aws_kms_key.events.arn
}

# expect: aws-cloudtrail-no-alarms
resource "aws_cloudtrail" "bad_cloudtrail_no_alarms" {
  name = "events"
}

# ok: aws-cloudtrail-no-alarms
resource "aws_cloudtrail" "good_cloudtrail_no_alarms" {
  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.events.arn}:*"
}

# expect: aws-cloudtrail-disabled
resource "aws_cloudtrail" "bad_cloudtrail_disabled" {
  enable_logging = false
}

# ok: aws-cloudtrail-disabled
resource "aws_cloudtrail" "good_cloudtrail_disabled" {
  name = "events"
}

# expect: aws-cloudtrail-bucket-public
resource "aws_s3_bucket" "bad_cloudtrail_bucket_public" {
  bucket = "events-for-all"
  acl    = "public-read"
}

# ok: aws-cloudtrail-bucket-public
resource "aws_s3_bucket" "good_cloudtrail_bucket_public" {
  bucket = "events"
  acl    = "private"
}

resource "aws_cloudtrail" "into_public" {
  s3_bucket_name = aws_s3_bucket.bad_cloudtrail_bucket_public.id
}

resource "aws_cloudtrail" "into_private" {
  s3_bucket_name = "events"
}

# expect: aws-cloudtrail-bucket-access-logging
resource "aws_s3_bucket" "bad_cloudtrail_bucket_access_logging" {
  bucket = "events-unwatched"
}

# ok: aws-cloudtrail-bucket-access-logging
resource "aws_s3_bucket" "good_cloudtrail_bucket_access_logging" {
  bucket = "events-watched"
  logging {
    target_bucket = "all-logs"
  }
}

resource "aws_cloudtrail" "into_unwatched" {
  s3_bucket_name = aws_s3_bucket.bad_cloudtrail_bucket_access_logging.bucket
}

resource "aws_cloudtrail" "into_watched" {
  s3_bucket_name = aws_s3_bucket.good_cloudtrail_bucket_access_logging.bucket
}

# expect: aws-log-group-customer-key
resource "aws_cloudwatch_log_group" "bad_log_group_customer_key" {
  name = "/shop/web"
}

# ok: aws-log-group-customer-key
resource "aws_cloudwatch_log_group" "good_log_group_customer_key" {
  name       = "/shop/web"
  kms_key_id = aws_kms_key.events.arn
}

# expect: aws-config-all-regions
resource "aws_config_configuration_aggregator" "bad_config_all_regions" {
  name = "all"
  account_aggregation_source {
    account_ids = ["111122223333"]
    regions     = ["eu-west-1"]
  }
}

# ok: aws-config-all-regions
resource "aws_config_configuration_aggregator" "good_config_all_regions" {
  name = "all"
  organization_aggregation_source {
    role_arn    = var.role
    all_regions = true
  }
}

# expect: aws-guardduty-disabled
resource "aws_guardduty_detector" "bad_guardduty_disabled" {
  enable = false
}

# ok: aws-guardduty-disabled
resource "aws_guardduty_detector" "good_guardduty_disabled" {
  enable = true
}
