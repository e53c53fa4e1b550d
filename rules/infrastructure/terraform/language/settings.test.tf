# expect: terraform-module-unpinned
module "moving" {
  source = "git::https://git.example.com/network.git//vpc"
}

# ok: terraform-module-unpinned, terraform-module-plain-http
module "pinned" {
  source = "git::https://git.example.com/network.git//vpc?ref=v1.2.0"
}

# expect: terraform-module-plain-http
module "in_clear" {
  source = "http://modules.example.com/vpc.zip"
}

# ok: terraform-module-unpinned, terraform-module-plain-http
module "beside" {
  source = "./beside"
}

# expect: terraform-state-unencrypted
terraform {
  backend "s3" {
    bucket  = "state"
    encrypt = false
  }
}

# ok: terraform-state-unencrypted
terraform {
  backend "s3" {
    bucket  = "state"
    encrypt = true
  }
}

# expect: terraform-provider-credentials
provider "aws" {
  region     = "eu-west-1"
  access_key = join("", ["AKIA", "NOTAREALKEY00000"])
}

# ok: terraform-provider-credentials
provider "aws" {
  region     = "eu-west-1"
  access_key = var.access_key
}
