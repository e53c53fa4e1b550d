# expect: terraform-kubernetes-policy-public-ingress
resource "kubernetes_network_policy" "bad_kubernetes_policy_public_ingress" {
  spec {
    ingress {
      from {
        ip_block {
          cidr = "0.0.0.0/0"
        }
      }
    }
  }
}

# ok: terraform-kubernetes-policy-public-ingress
resource "kubernetes_network_policy" "good_kubernetes_policy_public_ingress" {
  spec {
    ingress {
      from {
        ip_block {
          cidr = "10.0.0.0/8"
        }
      }
    }
  }
}

# expect: terraform-kubernetes-policy-public-egress
resource "kubernetes_network_policy" "bad_kubernetes_policy_public_egress" {
  spec {
    egress {
      to {
        ip_block {
          cidr = "::/0"
        }
      }
    }
  }
}

# ok: terraform-kubernetes-policy-public-egress
resource "kubernetes_network_policy" "good_kubernetes_policy_public_egress" {
  spec {
    egress {
      to {
        ip_block {
          cidr = "10.0.0.0/8"
        }
      }
    }
  }
}
