# expect: aws-cloudfront-plain-http
resource "aws_cloudfront_distribution" "bad_cloudfront_plain_http" {
  default_cache_behavior {
    viewer_protocol_policy = "https-only"
  }
  ordered_cache_behavior {
    path_pattern           = "/old/*"
    viewer_protocol_policy = "allow-all"
  }
}

# ok: aws-cloudfront-plain-http
resource "aws_cloudfront_distribution" "good_cloudfront_plain_http" {
  default_cache_behavior {
    viewer_protocol_policy = "redirect-to-https"
  }
}

# expect: aws-cloudfront-old-tls
resource "aws_cloudfront_distribution" "bad_cloudfront_old_tls" {
  viewer_certificate {
    acm_certificate_arn      = var.certificate
    minimum_protocol_version = "TLSv1.1_2016"
  }
}

# ok: aws-cloudfront-old-tls
resource "aws_cloudfront_distribution" "good_cloudfront_old_tls" {
  viewer_certificate {
    acm_certificate_arn      = var.certificate
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

# expect: aws-cloudfront-plain-origin
resource "aws_cloudfront_distribution" "bad_cloudfront_plain_origin" {
  origin {
    origin_id = "shop"
    custom_origin_config {
      origin_protocol_policy = "http-only"
    }
  }
}

# ok: aws-cloudfront-plain-origin
resource "aws_cloudfront_distribution" "good_cloudfront_plain_origin" {
  origin {
    origin_id = "shop"
    custom_origin_config {
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
}

# expect: aws-cloudfront-access-logging
resource "aws_cloudfront_distribution" "bad_cloudfront_access_logging" {
  enabled = true
}

# ok: aws-cloudfront-access-logging
resource "aws_cloudfront_distribution" "good_cloudfront_access_logging" {
  enabled = true
  logging_config {
    bucket = "logs.s3.amazonaws.com"
  }
}

# expect: aws-cloudfront-waf
resource "aws_cloudfront_distribution" "bad_cloudfront_waf" {
  enabled = true
}

# ok: aws-cloudfront-waf
resource "aws_cloudfront_distribution" "good_cloudfront_waf" {
  enabled    = true
  web_acl_id = aws_wafv2_web_acl.shop.arn
}

# expect: aws-lb-public
resource "aws_lb" "bad_lb_public" {
  name = "shop"
}

# ok: aws-lb-public
resource "aws_lb" "good_lb_public" {
  name     = "intranet"
  internal = true
}

# expect: aws-elb-access-logging
resource "aws_elb" "bad_elb_access_logging" {
  name = "old-shop"
}

# ok: aws-elb-access-logging
resource "aws_elb" "good_elb_access_logging" {
  name = "old-shop"
  access_logs {
    bucket = "logs"
  }
}

# expect: aws-lb-invalid-headers
resource "aws_lb" "bad_lb_invalid_headers" {
  name = "shop"
}

# ok: aws-lb-invalid-headers
resource "aws_lb" "good_lb_invalid_headers" {
  name                       = "shop"
  drop_invalid_header_fields = true
}

# expect: aws-lb-access-logging
resource "aws_lb" "bad_lb_access_logging" {
  name = "shop"
}

# ok: aws-lb-access-logging
resource "aws_lb" "good_lb_access_logging" {
  name = "shop"
  access_logs {
    bucket  = "logs"
    enabled = true
  }
}

# expect: aws-lb-listener-plain-http
resource "aws_lb_listener" "bad_lb_listener_plain_http" {
  load_balancer_arn = aws_lb.bad_lb_public.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = var.targets
  }
}

# ok: aws-lb-listener-plain-http
resource "aws_lb_listener" "good_lb_listener_plain_http" {
  load_balancer_arn = aws_lb.bad_lb_public.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

# expect: aws-elb-listener-plain-http
resource "aws_elb" "bad_elb_listener_plain_http" {
  listener {
    lb_port     = 80
    lb_protocol = "http"
  }
}

# ok: aws-elb-listener-plain-http
resource "aws_elb" "good_elb_listener_plain_http" {
  listener {
    lb_port     = 443
    lb_protocol = "https"
  }
}

# expect: aws-lb-listener-old-tls
resource "aws_lb_listener" "bad_lb_listener_old_tls" {
  protocol   = "HTTPS"
  ssl_policy = "ELBSecurityPolicy-2016-08"
}

# ok: aws-lb-listener-old-tls
resource "aws_lb_listener" "good_lb_listener_old_tls" {
  protocol   = "HTTPS"
  ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
}

# expect: aws-lb-target-plain-http
resource "aws_lb_target_group" "bad_lb_target_plain_http" {
  protocol = "HTTP"
}

# ok: aws-lb-target-plain-http
resource "aws_lb_target_group" "good_lb_target_plain_http" {
  protocol = "HTTPS"
}

# expect: aws-api-gateway-access-logging
resource "aws_apigatewayv2_stage" "bad_api_gateway_access_logging" {
  name = "live"
}

# ok: aws-api-gateway-access-logging
resource "aws_apigatewayv2_stage" "good_api_gateway_access_logging" {
  name = "live"
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.calls.arn
  }
}

# expect: aws-api-gateway-cache-unencrypted
resource "aws_api_gateway_method_settings" "bad_api_gateway_cache_unencrypted" {
  settings {
    caching_enabled = true
  }
}

# ok: aws-api-gateway-cache-unencrypted
resource "aws_api_gateway_method_settings" "good_api_gateway_cache_unencrypted" {
  settings {
    caching_enabled      = true
    cache_data_encrypted = true
  }
}

# expect: aws-api-gateway-tracing-off
resource "aws_api_gateway_stage" "bad_api_gateway_tracing_off" {
  xray_tracing_enabled = false
}

# ok: aws-api-gateway-tracing-off
resource "aws_api_gateway_stage" "good_api_gateway_tracing_off" {
  xray_tracing_enabled = true
}

# expect: aws-api-gateway-no-authorization
resource "aws_api_gateway_method" "bad_api_gateway_no_authorization" {
  http_method   = "POST"
  authorization = "NONE"
}

# ok: aws-api-gateway-no-authorization
resource "aws_api_gateway_method" "good_api_gateway_no_authorization" {
  http_method   = "OPTIONS"
  authorization = "NONE"
}

# expect: aws-api-gateway-route-no-authorization
resource "aws_apigatewayv2_route" "bad_api_gateway_route_no_authorization" {
  route_key          = "POST /orders"
  authorization_type = "NONE"
}

# ok: aws-api-gateway-route-no-authorization
resource "aws_apigatewayv2_route" "good_api_gateway_route_no_authorization" {
  route_key          = "POST /orders"
  authorization_type = "JWT"
}

# expect: aws-api-gateway-old-tls
resource "aws_api_gateway_domain_name" "bad_api_gateway_old_tls" {
  security_policy = "TLS_1_0"
}

# ok: aws-api-gateway-old-tls
resource "aws_api_gateway_domain_name" "good_api_gateway_old_tls" {
  security_policy = "TLS_1_2"
}
