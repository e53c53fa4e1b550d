# Nothing needs to say that it is encrypted where all is.

# ok: aws-ebs-default-encryption-off
resource "aws_ebs_encryption_by_default" "on" {
  enabled = true
}

# ok: aws-ebs-volume-unencrypted
resource "aws_ebs_volume" "silent" {
  availability_zone = "eu-west-1a"
}
