import os

from fastapi import FastAPI
from flask import Flask

app = Flask(__name__)
app.run(debug=True)  # expect: debug-mode
app.run(debug=False)  # ok: off
app.run(debug=os.environ.get('DEBUG') == '1')  # ok: decided by the environment
app.debug = True  # expect: debug-mode
FastAPI(debug=True)  # expect: debug-mode
FastAPI()  # ok: off
