# expect: aws-ebs-default-encryption-off
resource "aws_ebs_encryption_by_default" "bad_ebs_default_encryption_off" {
  enabled = false
}
