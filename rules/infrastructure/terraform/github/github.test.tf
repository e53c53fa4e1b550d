# expect: github-repository-public
resource "github_repository" "bad_repository_public" {
  name       = "shop"
  visibility = "public"
}

# ok: github-repository-public
resource "github_repository" "good_repository_public" {
  name       = "shop"
  visibility = "private"
}

# expect: github-repository-vulnerability-alerts
resource "github_repository" "bad_repository_vulnerability_alerts" {
  name                 = "shop"
  vulnerability_alerts = false
}

# ok: github-repository-vulnerability-alerts
resource "github_repository" "good_repository_vulnerability_alerts" {
  name                 = "shop"
  archived             = true
  vulnerability_alerts = false
}

# expect: github-secret-plaintext
resource "github_actions_secret" "bad_secret_plaintext" {
  secret_name     = "REGISTRY"
  plaintext_value = "${join("", ["not-", "a-real-one"])}"
}

# ok: github-secret-plaintext
resource "github_actions_secret" "good_secret_plaintext" {
  secret_name     = "REGISTRY"
  plaintext_value = var.registry
}

# expect: github-branch-signed-commits
resource "github_branch_protection" "bad_branch_signed_commits" {
  pattern = "main"
}

# ok: github-branch-signed-commits
resource "github_branch_protection" "good_branch_signed_commits" {
  pattern                = "main"
  require_signed_commits = true
}

# expect: github-branch-force-push
resource "github_branch_protection" "bad_branch_force_push" {
  pattern             = "main"
  allows_force_pushes = true
}

# ok: github-branch-force-push
resource "github_branch_protection" "good_branch_force_push" {
  pattern             = "main"
  allows_force_pushes = false
}

# expect: github-webhook-insecure
resource "github_repository_webhook" "bad_webhook_insecure" {
  configuration {
    url = "http://ci.example.com/hook"
  }
}

# ok: github-webhook-insecure
resource "github_repository_webhook" "good_webhook_insecure" {
  configuration {
    url = "https://ci.example.com/hook"
  }
}
