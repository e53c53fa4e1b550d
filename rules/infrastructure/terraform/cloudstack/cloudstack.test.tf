# expect: cloudstack-user-data-secret
resource "cloudstack_instance" "bad_user_data_secret" {
  user_data = base64encode("export API_KEY='${join("", ["not-", "a-real-one"])}'")
}

# ok: cloudstack-user-data-secret
resource "cloudstack_instance" "good_user_data_secret" {
  user_data = base64encode("export GREETING='hello'")
}
