# expect: openstack-instance-password-literal
resource "openstack_compute_instance_v2" "bad_instance_password_literal" {
  admin_pass = "${join("", ["written", "-here"])}"
}

# ok: openstack-instance-password-literal
resource "openstack_compute_instance_v2" "good_instance_password_literal" {
  key_pair = "operators"
}

# expect: openstack-firewall-rule-open
resource "openstack_fw_rule_v1" "bad_firewall_rule_open" {
  action           = "allow"
  protocol         = "tcp"
  destination_port = "22"
}

# ok: openstack-firewall-rule-open
resource "openstack_fw_rule_v1" "good_firewall_rule_open" {
  action                 = "allow"
  protocol               = "tcp"
  source_ip_address      = "10.0.0.1"
  destination_ip_address = "10.0.0.2"
  destination_port       = "22"
}

# expect: openstack-security-group-public-ingress
resource "openstack_networking_secgroup_rule_v2" "bad_security_group_public_ingress" {
  direction        = "ingress"
  port_range_min   = 22
  remote_ip_prefix = "0.0.0.0/0"
}

# ok: openstack-security-group-public-ingress
resource "openstack_networking_secgroup_rule_v2" "good_security_group_public_ingress" {
  direction        = "ingress"
  port_range_min   = 443
  remote_ip_prefix = "0.0.0.0/0"
}

# expect: openstack-security-group-public-egress
resource "openstack_networking_secgroup_rule_v2" "bad_security_group_public_egress" {
  direction        = "egress"
  remote_ip_prefix = "0.0.0.0/0"
}

# ok: openstack-security-group-public-egress
resource "openstack_networking_secgroup_rule_v2" "good_security_group_public_egress" {
  direction        = "egress"
  remote_ip_prefix = "10.0.0.0/8"
}

# expect: openstack-security-group-description
resource "openstack_networking_secgroup_v2" "bad_security_group_description" {
  name = "web"
}

# ok: openstack-security-group-description
resource "openstack_networking_secgroup_v2" "good_security_group_description" {
  name        = "web"
  description = "What customers reach"
}
