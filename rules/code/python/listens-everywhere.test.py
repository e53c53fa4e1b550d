import socket

import uvicorn
from flask import Flask

app = Flask(__name__)
app.run(host='0.0.0.0')  # expect: listens-everywhere
app.run(host='127.0.0.1')  # ok: this machine only
uvicorn.run(app, host='0.0.0.0')  # expect: listens-everywhere
server = socket.socket()
server.bind(('0.0.0.0', 8080))  # expect: listens-everywhere
server.bind(('127.0.0.1', 8080))  # ok: this machine only
