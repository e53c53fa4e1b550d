import os

import jwt
import pymysql
from flask import Flask

app = Flask(__name__)
app.secret_key = 'example' + '-secret'  # expect: hardcoded-credential
app.secret_key = os.environ['SECRET_KEY']  # ok: from the environment
pymysql.connect(host='db', user='app', password='exam' + 'ple')  # expect: hardcoded-credential
pymysql.connect(host='db', user='app', password=os.environ['DB_PASSWORD'])  # ok: from the environment
pymysql.connect(host='db', user='app', password='')  # ok: none
jwt.encode({'user': 1}, 'exam' + 'ple', algorithm='HS256')  # expect: hardcoded-credential
jwt.encode({'user': 1}, app.secret_key, algorithm='HS256')  # ok: not written here
