# expect: nifcloud-security-group-public-ingress
resource "nifcloud_security_group_rule" "bad_security_group_public_ingress" {
  type    = "IN"
  cidr_ip = "0.0.0.0/0"
}

# ok: nifcloud-security-group-public-ingress
resource "nifcloud_security_group_rule" "good_security_group_public_ingress" {
  type    = "OUT"
  cidr_ip = "0.0.0.0/0"
}

# expect: nifcloud-storage-group-public-ingress
resource "nifcloud_db_security_group" "bad_storage_group_public_ingress" {
  rule {
    cidr_ip = "0.0.0.0/0"
  }
}

# ok: nifcloud-storage-group-public-ingress
resource "nifcloud_db_security_group" "good_storage_group_public_ingress" {
  rule {
    cidr_ip = "10.0.0.0/8"
  }
}

# expect: nifcloud-no-security-group
resource "nifcloud_instance" "bad_no_security_group" {
  image_id = "1"
}

# ok: nifcloud-no-security-group
resource "nifcloud_instance" "good_no_security_group" {
  image_id       = "1"
  security_group = nifcloud_security_group.web.group_name
}

# expect: nifcloud-common-private-network
resource "nifcloud_instance" "bad_common_private_network" {
  network_interface {
    network_id = "net-COMMON_PRIVATE"
  }
}

# ok: nifcloud-common-private-network
resource "nifcloud_instance" "good_common_private_network" {
  network_interface {
    network_id = nifcloud_private_lan.own.id
  }
}

# expect: nifcloud-database-public
resource "nifcloud_db_instance" "bad_database_public" {
  publicly_accessible = true
}

# ok: nifcloud-database-public
resource "nifcloud_db_instance" "good_database_public" {
  publicly_accessible = false
}

# expect: nifcloud-database-backup-retention
resource "nifcloud_db_instance" "bad_database_backup_retention" {
  backup_retention_period = 1
}

# ok: nifcloud-database-backup-retention
resource "nifcloud_db_instance" "good_database_backup_retention" {
  backup_retention_period = 14
}

# expect: nifcloud-plain-http
resource "nifcloud_load_balancer" "bad_plain_http" {
  load_balancer_port = 80
}

# ok: nifcloud-plain-http
resource "nifcloud_load_balancer" "good_plain_http" {
  load_balancer_port = 443
}

# expect: nifcloud-old-tls
resource "nifcloud_load_balancer" "bad_old_tls" {
  load_balancer_port = 443
  ssl_policy_name    = "Standard Ciphers A ver1"
}

# ok: nifcloud-old-tls
resource "nifcloud_load_balancer" "good_old_tls" {
  load_balancer_port = 443
  ssl_policy_name    = "Standard Ciphers D ver1"
}

# expect: nifcloud-group-description
resource "nifcloud_security_group" "bad_group_description" {
  description = ""
}

# ok: nifcloud-group-description
resource "nifcloud_security_group" "good_group_description" {
  description = "What customers reach"
}

# expect: nifcloud-dns-verification-record
resource "nifcloud_dns_record" "bad_dns_verification_record" {
  type   = "TXT"
  record = "nifty-dns-verify=1234"
}

# ok: nifcloud-dns-verification-record
resource "nifcloud_dns_record" "good_dns_verification_record" {
  type   = "TXT"
  record = "v=spf1 -all"
}
