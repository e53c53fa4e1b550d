# expect: aws-security-group-admin-port-public
resource "aws_security_group" "bad_security_group_admin_port_public" {
  ingress {
    protocol    = "tcp"
    from_port   = 20
    to_port     = 30
    cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"]
  }
}

# ok: aws-security-group-admin-port-public
resource "aws_security_group" "good_security_group_admin_port_public" {
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.0.0/8"]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = var.offices
  }
}

# expect: aws-security-group-rule-admin-port-public
resource "aws_security_group_rule" "bad_security_group_rule_admin_port_public" {
  type              = "ingress"
  security_group_id = var.group
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  ipv6_cidr_blocks  = ["::/0"]
}

# ok: aws-security-group-rule-admin-port-public
resource "aws_security_group_rule" "good_security_group_rule_admin_port_public" {
  type              = "egress"
  security_group_id = var.group
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["0.0.0.0/0"]
}

# expect: aws-security-group-database-port-public
resource "aws_security_group" "bad_security_group_database_port_public" {
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# ok: aws-security-group-database-port-public
resource "aws_security_group" "good_security_group_database_port_public" {
  ingress {
    protocol        = "tcp"
    from_port       = 5432
    to_port         = 5432
    security_groups = [var.application]
  }
}

# expect: aws-security-group-rule-database-port-public
resource "aws_vpc_security_group_ingress_rule" "bad_security_group_rule_database_port_public" {
  security_group_id = var.group
  ip_protocol       = "tcp"
  from_port         = 6379
  to_port           = 6379
  cidr_ipv4         = "0.0.0.0/0"
}

# ok: aws-security-group-rule-database-port-public
resource "aws_vpc_security_group_ingress_rule" "good_security_group_rule_database_port_public" {
  security_group_id = var.group
  ip_protocol       = "tcp"
  from_port         = 6379
  to_port           = 6379
  cidr_ipv4         = "10.1.0.0/16"
}

# expect: aws-security-group-egress-public
resource "aws_security_group" "bad_security_group_egress_public" {
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# ok: aws-security-group-egress-public
resource "aws_security_group" "good_security_group_egress_public" {
  egress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# expect: aws-security-group-rule-egress-public
resource "aws_vpc_security_group_egress_rule" "bad_security_group_rule_egress_public" {
  security_group_id = var.group
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

# ok: aws-security-group-rule-egress-public
resource "aws_vpc_security_group_egress_rule" "good_security_group_rule_egress_public" {
  security_group_id = var.group
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

# expect: aws-default-security-group-open
resource "aws_default_security_group" "bad_default_security_group_open" {
  vpc_id = var.vpc
  ingress {
    protocol  = "-1"
    self      = true
    from_port = 0
    to_port   = 0
  }
}

# ok: aws-default-security-group-open
resource "aws_default_security_group" "good_default_security_group_open" {
  vpc_id = var.vpc
}

# expect: aws-security-group-description
resource "aws_security_group" "bad_security_group_description" {
  description = "Managed by Terraform"
}

# ok: aws-security-group-description
resource "aws_security_group" "good_security_group_description" {
  description = "What customers reach"
}

# expect: aws-security-group-rule-description
resource "aws_security_group" "bad_security_group_rule_description" {
  description = "What customers reach"
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# ok: aws-security-group-rule-description
resource "aws_security_group" "good_security_group_rule_description" {
  description = "What customers reach"
  ingress {
    description = "The shop"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# expect: aws-network-acl-admin-port-public
resource "aws_network_acl_rule" "bad_network_acl_admin_port_public" {
  network_acl_id = var.acl
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 3389
  to_port        = 3389
  cidr_block     = "0.0.0.0/0"
}

# ok: aws-network-acl-admin-port-public
resource "aws_network_acl_rule" "good_network_acl_admin_port_public" {
  network_acl_id = var.acl
  rule_number    = 100
  rule_action    = "deny"
  protocol       = "tcp"
  from_port      = 3389
  to_port        = 3389
  cidr_block     = "0.0.0.0/0"
}

# expect: aws-network-acl-all-ports
resource "aws_network_acl_rule" "bad_network_acl_all_ports" {
  network_acl_id = var.acl
  rule_number    = 200
  rule_action    = "allow"
  protocol       = "-1"
  cidr_block     = "0.0.0.0/0"
}

# ok: aws-network-acl-all-ports
resource "aws_network_acl_rule" "good_network_acl_all_ports" {
  network_acl_id = var.acl
  rule_number    = 200
  rule_action    = "allow"
  protocol       = "-1"
  cidr_block     = "10.0.0.0/8"
}

# expect: aws-network-acl-block-admin-port-public
resource "aws_network_acl" "bad_network_acl_block_admin_port_public" {
  vpc_id = var.vpc
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    from_port  = 22
    to_port    = 22
    cidr_block = "0.0.0.0/0"
  }
}

# ok: aws-network-acl-block-admin-port-public
resource "aws_network_acl" "good_network_acl_block_admin_port_public" {
  vpc_id = var.vpc
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    from_port  = 443
    to_port    = 443
    cidr_block = "0.0.0.0/0"
  }
}

# expect: aws-subnet-public-ip
resource "aws_subnet" "bad_subnet_public_ip" {
  vpc_id                  = var.vpc
  map_public_ip_on_launch = true
}

# ok: aws-subnet-public-ip
resource "aws_subnet" "good_subnet_public_ip" {
  vpc_id = var.vpc
}

# expect: aws-default-vpc
resource "aws_default_vpc" "bad_default_vpc" {}

# ok: aws-default-vpc
resource "aws_default_vpc" "good_default_vpc" {
  force_destroy = true
}

# expect: aws-vpc-flow-logs
resource "aws_vpc" "bad_vpc_flow_logs" {
  cidr_block = "10.0.0.0/16"
}

# ok: aws-vpc-flow-logs
resource "aws_vpc" "good_vpc_flow_logs" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_flow_log" "of_vpc" {
  vpc_id          = aws_vpc.good_vpc_flow_logs.id
  traffic_type    = "ALL"
  log_destination = var.log_group
}
