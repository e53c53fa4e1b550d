# expect: aws-state-machine-not-logged
resource "aws_sfn_state_machine" "bad1" {
  name = "orders"
}

# ok: aws-state-machine-not-logged
resource "aws_sfn_state_machine" "good2" {
  logging_configuration {
    level           = "ERROR"
    log_destination = var.group
  }
}

# expect: aws-state-machine-not-traced
resource "aws_sfn_state_machine" "bad3" {
  name = "orders"
}

# ok: aws-state-machine-not-traced
resource "aws_sfn_state_machine" "good4" {
  tracing_configuration {
    enabled = true
  }
}
