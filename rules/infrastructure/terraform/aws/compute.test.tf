# expect: aws-instance-metadata-v1
resource "aws_instance" "bad_instance_metadata_v1" {
  ami = "ami-1"
}

# ok: aws-instance-metadata-v1
resource "aws_instance" "good_instance_metadata_v1" {
  ami = "ami-1"
  metadata_options {
    http_tokens = "required"
  }
}

# expect: aws-launch-template-metadata-v1
resource "aws_launch_template" "bad_launch_template_metadata_v1" {
  image_id = "ami-1"
  metadata_options {
    http_tokens = "optional"
  }
}

# ok: aws-launch-template-metadata-v1
resource "aws_launch_template" "good_launch_template_metadata_v1" {
  image_id = "ami-1"
  metadata_options {
    http_endpoint = "disabled"
  }
}

# expect: aws-instance-public-ip
resource "aws_instance" "bad_instance_public_ip" {
  ami                         = "ami-1"
  associate_public_ip_address = true
}

# ok: aws-instance-public-ip
resource "aws_instance" "good_instance_public_ip" {
  ami                         = "ami-1"
  associate_public_ip_address = false
}

# expect: aws-launch-template-public-ip
resource "aws_launch_template" "bad_launch_template_public_ip" {
  network_interfaces {
    associate_public_ip_address = "true"
  }
}

# ok: aws-launch-template-public-ip
resource "aws_launch_template" "good_launch_template_public_ip" {
  network_interfaces {
    associate_public_ip_address = "false"
  }
}

# expect: aws-instance-block-device-unencrypted
resource "aws_instance" "bad_instance_block_device_unencrypted" {
  ami = "ami-1"
  ebs_block_device {
    device_name = "/dev/sdb"
  }
}

# ok: aws-instance-block-device-unencrypted
resource "aws_instance" "good_instance_block_device_unencrypted" {
  ami = "ami-1"
  ebs_block_device {
    device_name = "/dev/sdb"
    encrypted   = true
  }
}

# expect: aws-launch-configuration-block-device-unencrypted
resource "aws_launch_configuration" "bad_launch_configuration_block_device_unencrypted" {
  image_id = "ami-1"
  root_block_device {
    encrypted = false
  }
}

# ok: aws-launch-configuration-block-device-unencrypted
resource "aws_launch_configuration" "good_launch_configuration_block_device_unencrypted" {
  image_id = "ami-1"
  root_block_device {
    encrypted = var.encrypted
  }
}

# expect: aws-launch-template-block-device-unencrypted
resource "aws_launch_template" "bad_launch_template_block_device_unencrypted" {
  block_device_mappings {
    device_name = "/dev/sdb"
    ebs {
      encrypted = "false"
    }
  }
}

# ok: aws-launch-template-block-device-unencrypted
resource "aws_launch_template" "good_launch_template_block_device_unencrypted" {
  block_device_mappings {
    device_name = "/dev/sdb"
    ebs {
      encrypted = "true"
    }
  }
}

# expect: aws-ebs-volume-unencrypted
resource "aws_ebs_volume" "bad_ebs_volume_unencrypted" {
  availability_zone = "eu-west-1a"
  size              = 40
}

# ok: aws-ebs-volume-unencrypted
resource "aws_ebs_volume" "good_ebs_volume_unencrypted" {
  availability_zone = "eu-west-1a"
  size              = 40
  encrypted         = true
}

# expect: aws-ebs-volume-customer-key
resource "aws_ebs_volume" "bad_ebs_volume_customer_key" {
  availability_zone = "eu-west-1a"
  encrypted         = true
}

# ok: aws-ebs-volume-customer-key
resource "aws_ebs_volume" "good_ebs_volume_customer_key" {
  availability_zone = "eu-west-1a"
  encrypted         = true
  kms_key_id        = aws_kms_key.disks.arn
}

# expect: aws-instance-user-data-secret
resource "aws_instance" "bad_instance_user_data_secret" {
  ami       = "ami-1"
  user_data = <<-EOT
    #!/bin/sh
    export DB_PASSWORD="${join("", ["hunter", "2"])}-and-more"
  EOT
}

# ok: aws-instance-user-data-secret
resource "aws_instance" "good_instance_user_data_secret" {
  ami       = "ami-1"
  user_data = <<-EOT
    #!/bin/sh
    export DB_PASSWORD="$(aws secretsmanager get-secret-value --secret-id db)"
  EOT
}

# expect: aws-launch-template-user-data-secret
resource "aws_launch_template" "bad_launch_template_user_data_secret" {
  user_data = base64encode("export API_KEY='${join("", ["not-", "a-real-one"])}'")
}

# ok: aws-launch-template-user-data-secret
resource "aws_launch_template" "good_launch_template_user_data_secret" {
  user_data = base64encode("export GREETING='hello'")
}

# expect: aws-launch-configuration-user-data-secret
resource "aws_launch_configuration" "bad_launch_configuration_user_data_secret" {
  image_id  = "ami-1"
  user_data = "mysql_password = '${join("", ["not-", "a-real-one"])}'"
}

# ok: aws-launch-configuration-user-data-secret
resource "aws_launch_configuration" "good_launch_configuration_user_data_secret" {
  image_id  = "ami-1"
  user_data = "mysql_password = '${var.password}'"
}

# expect: aws-ami-owners
data "aws_ami" "bad_ami_owners" {
  most_recent = true
  filter {
    name   = "name"
    values = ["base-*"]
  }
}

# ok: aws-ami-owners
data "aws_ami" "good_ami_owners" {
  most_recent = true
  owners      = ["self"]
  filter {
    name   = "name"
    values = ["base-*"]
  }
}

# expect: aws-autoscaling-public-image
resource "aws_ami_launch_permission" "bad_autoscaling_public_image" {
  image_id = "ami-1"
  group    = "all"
}

# ok: aws-autoscaling-public-image
resource "aws_ami_launch_permission" "good_autoscaling_public_image" {
  image_id   = "ami-1"
  account_id = "111122223333"
}
