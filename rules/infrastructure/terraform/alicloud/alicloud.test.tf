# expect: alicloud-oss-public
resource "alicloud_oss_bucket" "bad_oss_public" {
  acl = "public-read-write"
}

# ok: alicloud-oss-public
resource "alicloud_oss_bucket" "good_oss_public" {
  acl = "private"
}

# expect: alicloud-security-group-admin-port-public
resource "alicloud_security_group_rule" "bad_security_group_admin_port_public" {
  type        = "ingress"
  ip_protocol = "tcp"
  port_range  = "22/22"
  cidr_ip     = "0.0.0.0/0"
}

# ok: alicloud-security-group-admin-port-public
resource "alicloud_security_group_rule" "good_security_group_admin_port_public" {
  type        = "ingress"
  ip_protocol = "tcp"
  port_range  = "443/443"
  cidr_ip     = "0.0.0.0/0"
}

# expect: alicloud-rds-open
resource "alicloud_db_instance" "bad_rds_open" {
  engine       = "MySQL"
  security_ips = ["10.0.0.1", "0.0.0.0"]
}

# ok: alicloud-rds-open
resource "alicloud_db_instance" "good_rds_open" {
  engine       = "MySQL"
  security_ips = ["10.0.0.1"]
}
