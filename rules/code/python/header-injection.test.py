from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, quote, urlparse


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        query = parse_qs(urlparse(self.path).query)
        self.send_response(302)
        self.send_header('X-Language', query['language'][0])  # expect: header-injection
        self.send_header('X-Language', quote(query['language'][0]))  # ok: encoded
        self.send_header('X-Frame-Options', 'DENY')  # ok: constant
        self.end_headers()
