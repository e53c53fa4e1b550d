# expect: aws-ecr-scan-on-push
resource "aws_ecr_repository" "bad_ecr_scan_on_push" {
  name = "shop"
}

# ok: aws-ecr-scan-on-push
resource "aws_ecr_repository" "good_ecr_scan_on_push" {
  name = "shop"
  image_scanning_configuration {
    scan_on_push = true
  }
}

# expect: aws-ecr-mutable-tags
resource "aws_ecr_repository" "bad_ecr_mutable_tags" {
  name = "shop"
}

# ok: aws-ecr-mutable-tags
resource "aws_ecr_repository" "good_ecr_mutable_tags" {
  name                 = "shop"
  image_tag_mutability = "IMMUTABLE"
}

# expect: aws-ecr-policy-public
resource "aws_ecr_repository_policy" "bad_ecr_policy_public" {
  repository = "shop"
  policy     = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = ["ecr:BatchGetImage"] }] })
}

# ok: aws-ecr-policy-public
resource "aws_ecr_repository_policy" "good_ecr_policy_public" {
  repository = "shop"
  policy     = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = var.account }, Action = ["ecr:BatchGetImage"] }] })
}

# expect: aws-ecr-customer-key
resource "aws_ecr_repository" "bad_ecr_customer_key" {
  name = "shop"
  encryption_configuration {
    encryption_type = "AES256"
  }
}

# ok: aws-ecr-customer-key
resource "aws_ecr_repository" "good_ecr_customer_key" {
  name = "shop"
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.images.arn
  }
}

# expect: aws-ecs-container-insights
resource "aws_ecs_cluster" "bad_ecs_container_insights" {
  name = "shop"
  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

# ok: aws-ecs-container-insights
resource "aws_ecs_cluster" "good_ecs_container_insights" {
  name = "shop"
  setting {
    name  = "containerInsights"
    value = "enhanced"
  }
}

# expect: aws-ecs-plain-volume
resource "aws_ecs_task_definition" "bad_ecs_plain_volume" {
  family = "shop"
  volume {
    name = "uploads"
    efs_volume_configuration {
      file_system_id = var.files
    }
  }
}

# ok: aws-ecs-plain-volume
resource "aws_ecs_task_definition" "good_ecs_plain_volume" {
  family = "shop"
  volume {
    name = "uploads"
    efs_volume_configuration {
      file_system_id     = var.files
      transit_encryption = "ENABLED"
    }
  }
}

# expect: aws-ecs-plain-secret
resource "aws_ecs_task_definition" "bad_ecs_plain_secret" {
  family = "shop"
  container_definitions = jsonencode([{
    name        = "web"
    image       = var.image
    environment = [{ name = "STRIPE_API_KEY", value = "${join("", ["not-", "a-real-one"])}" }]
  }])
}

# ok: aws-ecs-plain-secret
resource "aws_ecs_task_definition" "good_ecs_plain_secret" {
  family = "shop"
  container_definitions = jsonencode([{
    name        = "web"
    image       = var.image
    environment = [{ name = "LOG_LEVEL", value = "info" }, { name = "STRIPE_API_KEY", value = var.key }]
    secrets     = [{ name = "DB_PASSWORD", valueFrom = var.secret }]
  }])
}

# expect: aws-ecs-privileged
resource "aws_ecs_task_definition" "bad_ecs_privileged" {
  family                = "shop"
  container_definitions = jsonencode([{ name = "web", privileged = true }])
}

# ok: aws-ecs-privileged
resource "aws_ecs_task_definition" "good_ecs_privileged" {
  family                = "shop"
  container_definitions = jsonencode([{ name = "web", privileged = false }])
}

# expect: aws-ecs-public-ip
resource "aws_ecs_service" "bad_ecs_public_ip" {
  network_configuration {
    subnets          = var.subnets
    assign_public_ip = true
  }
}

# ok: aws-ecs-public-ip
resource "aws_ecs_service" "good_ecs_public_ip" {
  network_configuration {
    subnets = var.subnets
  }
}

# expect: aws-eks-endpoint-public
resource "aws_eks_cluster" "bad_eks_endpoint_public" {
  vpc_config {
    subnet_ids = var.subnets
  }
}

# ok: aws-eks-endpoint-public
resource "aws_eks_cluster" "good_eks_endpoint_public" {
  vpc_config {
    subnet_ids             = var.subnets
    endpoint_public_access = false
  }
}

# expect: aws-eks-endpoint-open
resource "aws_eks_cluster" "bad_eks_endpoint_open" {
  vpc_config {
    endpoint_public_access = true
    public_access_cidrs    = ["0.0.0.0/0"]
  }
}

# ok: aws-eks-endpoint-open
resource "aws_eks_cluster" "good_eks_endpoint_open" {
  vpc_config {
    endpoint_public_access = true
    public_access_cidrs    = ["198.51.100.0/24"]
  }
}

# expect: aws-eks-secrets-encryption
resource "aws_eks_cluster" "bad_eks_secrets_encryption" {
  name = "shop"
}

# ok: aws-eks-secrets-encryption
resource "aws_eks_cluster" "good_eks_secrets_encryption" {
  name = "shop"
  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = aws_kms_key.secrets.arn
    }
  }
}

# expect: aws-eks-control-plane-logs
resource "aws_eks_cluster" "bad_eks_control_plane_logs" {
  enabled_cluster_log_types = ["api"]
}

# ok: aws-eks-control-plane-logs
resource "aws_eks_cluster" "good_eks_control_plane_logs" {
  enabled_cluster_log_types = ["api", "audit", "authenticator"]
}

# expect: aws-eks-node-ssh-public
resource "aws_eks_node_group" "bad_eks_node_ssh_public" {
  remote_access {
    ec2_ssh_key = "operators"
  }
}

# ok: aws-eks-node-ssh-public
resource "aws_eks_node_group" "good_eks_node_ssh_public" {
  remote_access {
    ec2_ssh_key               = "operators"
    source_security_group_ids = [var.bastion]
  }
}
