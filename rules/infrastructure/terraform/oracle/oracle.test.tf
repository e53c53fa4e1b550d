# expect: oracle-bucket-public
resource "oci_objectstorage_bucket" "bad_bucket_public" {
  access_type = "ObjectRead"
}

# ok: oracle-bucket-public
resource "oci_objectstorage_bucket" "good_bucket_public" {
  access_type = "NoPublicAccess"
}

# expect: oracle-security-list-admin-port-public
resource "oci_core_security_list" "bad_security_list_admin_port_public" {
  ingress_security_rules {
    protocol = "6"
    source   = "0.0.0.0/0"
    tcp_options {
      min = 22
      max = 22
    }
  }
}

# ok: oracle-security-list-admin-port-public
resource "oci_core_security_list" "good_security_list_admin_port_public" {
  ingress_security_rules {
    protocol = "6"
    source   = "10.0.0.0/8"
    tcp_options {
      min = 22
      max = 22
    }
  }
}

# expect: oracle-classic-public-address
resource "opc_compute_ip_address_reservation" "bad_classic_public_address" {
  ip_address_pool = "public-ippool"
}

# ok: oracle-classic-public-address
resource "opc_compute_ip_address_reservation" "good_classic_public_address" {
  ip_address_pool = "cloud-ippool"
}
