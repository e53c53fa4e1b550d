# expect: aws-transit-gateway-auto-accept
resource "aws_ec2_transit_gateway" "bad1" {
  auto_accept_shared_attachments = "enable"
}

# ok: aws-transit-gateway-auto-accept
resource "aws_ec2_transit_gateway" "good2" {
  description = "core"
}

# expect: aws-endpoint-service-auto-accept
resource "aws_vpc_endpoint_service" "bad3" {
  acceptance_required = false
}

# ok: aws-endpoint-service-auto-accept
resource "aws_vpc_endpoint_service" "good4" {
  acceptance_required = true
}

# expect: aws-ecs-host-processes
resource "aws_ecs_task_definition" "bad5" {
  family   = "web"
  pid_mode = "host"
}

# ok: aws-ecs-host-processes
resource "aws_ecs_task_definition" "good6" {
  family   = "web"
  pid_mode = "task"
}

# expect: aws-ecs-root-filesystem-writable
resource "aws_ecs_task_definition" "bad7" {
  container_definitions = jsonencode([{ name = "web", image = "web:1" }])
}

# ok: aws-ecs-root-filesystem-writable
resource "aws_ecs_task_definition" "good8" {
  container_definitions = jsonencode([{ name = "web", image = "web:1", readonlyRootFilesystem = true }])
}

# expect: aws-metadata-hops
resource "aws_launch_template" "bad9" {
  metadata_options {
    http_put_response_hop_limit = 2
  }
}

# ok: aws-metadata-hops
resource "aws_launch_template" "good10" {
  metadata_options {
    http_put_response_hop_limit = 1
  }
}

# ok: aws-metadata-hops
resource "aws_launch_template" "good11" {
  image_id = "ami-1"
}

# expect: aws-access-point-public
resource "aws_s3_access_point" "bad12" {
  public_access_block_configuration {
    block_public_policy = false
  }
}

# ok: aws-access-point-public
resource "aws_s3_access_point" "good13" {
  public_access_block_configuration {
    block_public_policy = true
  }
}

# expect: aws-document-public
resource "aws_ssm_document" "bad14" {
  permissions = {
    type        = "Share"
    account_ids = "All"
  }
}

# ok: aws-document-public
resource "aws_ssm_document" "good15" {
  permissions = {
    type        = "Share"
    account_ids = "123456789012"
  }
}

# expect: aws-snapshot-shared
resource "aws_snapshot_create_volume_permission" "bad16" {
  account_id  = "all"
  snapshot_id = "snap-1"
}

# ok: aws-snapshot-shared
resource "aws_snapshot_create_volume_permission" "good17" {
  account_id  = "123456789012"
  snapshot_id = "snap-1"
}

# expect: aws-search-no-vpc
resource "aws_opensearch_domain" "bad18" {
  domain_name = "logs"
}

# ok: aws-search-no-vpc
resource "aws_opensearch_domain" "good19" {
  domain_name = "logs"
  vpc_options {
    subnet_ids = [var.subnet]
  }
}

# expect: aws-search-no-fine-grained-access
resource "aws_opensearch_domain" "bad20" {
  domain_name = "logs"
}

# ok: aws-search-no-fine-grained-access
resource "aws_opensearch_domain" "good21" {
  advanced_security_options {
    enabled = true
  }
}

# expect: aws-notebook-no-vpc
resource "aws_sagemaker_notebook_instance" "bad22" {
  role_arn = var.role
}

# ok: aws-notebook-no-vpc
resource "aws_sagemaker_notebook_instance" "good23" {
  role_arn  = var.role
  subnet_id = var.subnet
}

# expect: aws-qldb-permissive
resource "aws_qldb_ledger" "bad24" {
  permissions_mode = "ALLOW_ALL"
}

# ok: aws-qldb-permissive
resource "aws_qldb_ledger" "good25" {
  permissions_mode = "STANDARD"
}

# expect: aws-batch-privileged
resource "aws_batch_job_definition" "bad26" {
  type                 = "container"
  container_properties = jsonencode({ image = "job:1", privileged = true })
}

# ok: aws-batch-privileged
resource "aws_batch_job_definition" "good27" {
  type                 = "container"
  container_properties = jsonencode({ image = "job:1", privileged = false })
}

# expect: aws-eks-old-version
resource "aws_eks_cluster" "bad28" {
  version = "1.24"
}

# ok: aws-eks-old-version
resource "aws_eks_cluster" "good29" {
  version = "1.33"
}

# ok: aws-eks-old-version
resource "aws_eks_cluster" "good30" {
  name = "main"
}

# expect: aws-domain-transfer-unlocked
resource "aws_route53domains_registered_domain" "bad31" {
  domain_name   = "example.com"
  transfer_lock = false
}

# ok: aws-domain-transfer-unlocked
resource "aws_route53domains_registered_domain" "good32" {
  domain_name = "example.com"
}

# expect: aws-msk-no-authentication
resource "aws_msk_cluster" "bad33" {
  client_authentication {
    unauthenticated = true
  }
}

# ok: aws-msk-no-authentication
resource "aws_msk_cluster" "good34" {
  client_authentication {
    sasl {
      iam = true
    }
  }
}

# expect: aws-airflow-public
resource "aws_mwaa_environment" "bad35" {
  webserver_access_mode = "PUBLIC_ONLY"
}

# ok: aws-airflow-public
resource "aws_mwaa_environment" "good36" {
  webserver_access_mode = "PRIVATE_ONLY"
}

# ok: aws-airflow-public
resource "aws_mwaa_environment" "good37" {
  name = "flows"
}
