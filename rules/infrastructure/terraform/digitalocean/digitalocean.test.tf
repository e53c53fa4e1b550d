# expect: digitalocean-firewall-public-ingress
resource "digitalocean_firewall" "bad_firewall_public_ingress" {
  inbound_rule {
    protocol         = "tcp"
    port_range       = "22"
    source_addresses = ["0.0.0.0/0"]
  }
}

# ok: digitalocean-firewall-public-ingress
resource "digitalocean_firewall" "good_firewall_public_ingress" {
  inbound_rule {
    protocol         = "tcp"
    port_range       = "443"
    source_addresses = ["0.0.0.0/0"]
  }
}

# expect: digitalocean-firewall-public-egress
resource "digitalocean_firewall" "bad_firewall_public_egress" {
  outbound_rule {
    protocol              = "tcp"
    port_range            = "all"
    destination_addresses = ["::/0"]
  }
}

# ok: digitalocean-firewall-public-egress
resource "digitalocean_firewall" "good_firewall_public_egress" {
  outbound_rule {
    protocol              = "tcp"
    port_range            = "443"
    destination_addresses = ["198.51.100.0/24"]
  }
}

# expect: digitalocean-loadbalancer-plain-http
resource "digitalocean_loadbalancer" "bad_loadbalancer_plain_http" {
  forwarding_rule {
    entry_port     = 80
    entry_protocol = "http"
  }
}

# ok: digitalocean-loadbalancer-plain-http
resource "digitalocean_loadbalancer" "good_loadbalancer_plain_http" {
  redirect_http_to_https = true
  forwarding_rule {
    entry_port     = 80
    entry_protocol = "http"
  }
}

# expect: digitalocean-droplet-ssh-keys
resource "digitalocean_droplet" "bad_droplet_ssh_keys" {
  name = "web"
}

# ok: digitalocean-droplet-ssh-keys
resource "digitalocean_droplet" "good_droplet_ssh_keys" {
  name     = "web"
  ssh_keys = [var.key]
}

# expect: digitalocean-kubernetes-auto-upgrade
resource "digitalocean_kubernetes_cluster" "bad_kubernetes_auto_upgrade" {
  name = "shop"
}

# ok: digitalocean-kubernetes-auto-upgrade
resource "digitalocean_kubernetes_cluster" "good_kubernetes_auto_upgrade" {
  auto_upgrade = true
}

# expect: digitalocean-kubernetes-surge-upgrade
resource "digitalocean_kubernetes_cluster" "bad_kubernetes_surge_upgrade" {
  surge_upgrade = false
}

# ok: digitalocean-kubernetes-surge-upgrade
resource "digitalocean_kubernetes_cluster" "good_kubernetes_surge_upgrade" {
  surge_upgrade = true
}

# expect: digitalocean-spaces-public
resource "digitalocean_spaces_bucket" "bad_spaces_public" {
  name = "images"
  acl  = "public-read"
}

# ok: digitalocean-spaces-public
resource "digitalocean_spaces_bucket" "good_spaces_public" {
  name = "images"
  acl  = "private"
}

# expect: digitalocean-spaces-versioning
resource "digitalocean_spaces_bucket" "bad_spaces_versioning" {
  name = "images"
}

# ok: digitalocean-spaces-versioning
resource "digitalocean_spaces_bucket" "good_spaces_versioning" {
  name = "images"
  versioning {
    enabled = true
  }
}

# expect: digitalocean-spaces-force-destroy
resource "digitalocean_spaces_bucket" "bad_spaces_force_destroy" {
  force_destroy = true
}

# ok: digitalocean-spaces-force-destroy
resource "digitalocean_spaces_bucket" "good_spaces_force_destroy" {
  force_destroy = false
}
