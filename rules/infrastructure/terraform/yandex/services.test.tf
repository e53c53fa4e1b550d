# expect: yandex-public-address
resource "yandex_compute_instance" "bad1" {
  network_interface {
    nat = true
  }
}

# ok: yandex-public-address
resource "yandex_compute_instance" "good2" {
  network_interface {
    nat = false
  }
}

# expect: yandex-no-security-group
resource "yandex_compute_instance" "bad3" {
  name = "web"
}

# ok: yandex-no-security-group
resource "yandex_compute_instance" "good4" {
  network_interface {
    security_group_ids = [var.group]
  }
}

# expect: yandex-group-open
resource "yandex_vpc_security_group" "bad5" {
  ingress {
    protocol       = "ANY"
    v4_cidr_blocks = ["0.0.0.0/0"]
    from_port      = 0
    to_port        = 65535
  }
}

# ok: yandex-group-open
resource "yandex_vpc_security_group" "good6" {
  ingress {
    protocol       = "TCP"
    v4_cidr_blocks = ["0.0.0.0/0"]
    port           = 443
  }
}

# expect: yandex-wide-role
resource "yandex_resourcemanager_cloud_iam_member" "bad7" {
  role = "admin"
}

# ok: yandex-wide-role
resource "yandex_resourcemanager_cloud_iam_member" "good8" {
  role = "viewer"
}

# expect: yandex-bucket-public
resource "yandex_storage_bucket" "bad9" {
  acl = "public-read"
}

# ok: yandex-bucket-public
resource "yandex_storage_bucket" "good10" {
  acl = "private"
}

# expect: yandex-bucket-unencrypted
resource "yandex_storage_bucket" "bad11" {
  bucket = "a"
}

# ok: yandex-bucket-unencrypted
resource "yandex_storage_bucket" "good12" {
  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        sse_algorithm = "aws:kms"
      }
    }
  }
}
