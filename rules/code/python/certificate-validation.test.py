import ssl

import httpx
import requests

URL = 'https://example.com/'
requests.get(URL, verify=False)  # expect: certificate-validation
requests.get(URL, verify='/etc/ssl/own.pem')  # ok: checked
requests.get(URL)  # ok: checked
httpx.Client(verify=False)  # expect: certificate-validation
httpx.Client(timeout=5)  # ok: checked
ssl._create_unverified_context()  # expect: certificate-validation
ssl._create_default_https_context = ssl._create_unverified_context  # expect: certificate-validation

context = ssl.create_default_context()
context.check_hostname = False  # expect: certificate-validation
context.verify_mode = ssl.CERT_NONE  # expect: certificate-validation
strict = ssl.create_default_context()
strict.check_hostname = True  # ok: checked
strict.verify_mode = ssl.CERT_REQUIRED  # ok: checked


def fetch(url, verify=True):
    return requests.get(url, verify=verify)  # ok: on by default

urllib3.connection_from_url('https://example.org', cert_reqs='NONE')  # expect: certificate-validation
urllib3.connection_from_url('https://example.org', cert_reqs='REQUIRED')  # ok: checked
