# expect: aws-s3-object-writes-unlogged
resource "aws_s3_bucket" "bad_s3_object_writes_unlogged" {
  bucket = "orders"
}

# ok: aws-s3-object-reads-unlogged
resource "aws_s3_bucket" "read" {
  bucket = "read"
}

resource "aws_cloudtrail" "reads_only" {
  name           = "reads"
  s3_bucket_name = "trail"
  event_selector {
    read_write_type = "ReadOnly"
    data_resource {
      type   = "AWS::S3::Object"
      values = ["arn:aws:s3:::${aws_s3_bucket.read.id}/"]
    }
  }
}
