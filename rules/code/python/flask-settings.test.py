import os

from flask import Flask

app = Flask(__name__)
app.config['SECRET_KEY'] = 'b7c09f1e55'  # expect: hardcoded-credential
app.config['SECRET_KEY'] = os.environ['SECRET_KEY']  # ok: a setting
app.config['WTF_CSRF_ENABLED'] = False  # expect: csrf-protection-off
app.config['SESSION_COOKIE_SECURE'] = False  # expect: insecure-cookie
app.config['SESSION_COOKIE_HTTPONLY'] = False  # expect: cookie-without-httponly
app.config.update(SECRET_KEY='b7c09f1e55', TESTING=True)  # expect: hardcoded-credential
