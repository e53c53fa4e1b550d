# expect: gitlab-force-push
resource "gitlab_branch_protection" "bad1" {
  branch           = "main"
  allow_force_push = true
}

# ok: gitlab-force-push
resource "gitlab_branch_protection" "good2" {
  branch = "main"
}

# expect: gitlab-few-approvals
resource "gitlab_project" "bad" {
  approvals_before_merge = 1
}

# ok: gitlab-few-approvals
resource "gitlab_project" "good" {
  approvals_before_merge = 2
}

# expect: gitlab-unsigned-commits
resource "gitlab_project" "bad3" {
  name = "app"
}

# ok: gitlab-unsigned-commits
resource "gitlab_project" "good4" {
  push_rules {
    reject_unsigned_commits = true
  }
}

# expect: gitlab-secrets-pushed
resource "gitlab_project" "bad5" {
  name = "app"
}

# ok: gitlab-secrets-pushed
resource "gitlab_project" "good6" {
  push_rules {
    prevent_secrets = true
  }
}

# expect: gitlab-variable-visible
resource "gitlab_project_variable" "bad7" {
  key   = "DEPLOY_TOKEN"
  value = var.token
}

# ok: gitlab-variable-visible
resource "gitlab_project_variable" "good8" {
  key    = "DEPLOY_TOKEN"
  value  = var.token
  masked = true
}

# ok: gitlab-variable-visible
resource "gitlab_project_variable" "good9" {
  key   = "STAGE"
  value = "live"
}
