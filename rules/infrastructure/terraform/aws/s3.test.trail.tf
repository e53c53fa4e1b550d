# expect: aws-s3-object-reads-unlogged
resource "aws_s3_bucket" "bad_s3_object_reads_unlogged" {
  bucket = "orders"
}

# ok: aws-s3-object-writes-unlogged
resource "aws_s3_bucket" "written" {
  bucket = "written"
}

resource "aws_cloudtrail" "writes_only" {
  name           = "writes"
  s3_bucket_name = "trail"
  event_selector {
    read_write_type = "WriteOnly"
    data_resource {
      type   = "AWS::S3::Object"
      values = ["arn:aws:s3"]
    }
  }
}
