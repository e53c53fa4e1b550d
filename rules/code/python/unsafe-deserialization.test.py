import base64
import json
import marshal
import pickle

import jsonpickle
import yaml
from flask import Flask, request

app = Flask(__name__)


@app.route('/load', methods=['POST'])
def load():
    pickle.loads(request.data)  # expect: unsafe-deserialization
    pickle.loads(base64.b64decode(request.cookies['session']))  # expect: unsafe-deserialization
    marshal.loads(request.get_data())  # expect: unsafe-deserialization
    jsonpickle.decode(request.form['object'])  # expect: unsafe-deserialization
    yaml.load(request.data, Loader=yaml.Loader)  # expect: unsafe-deserialization
    yaml.load(request.data, Loader=yaml.SafeLoader)  # ok: plain data only
    yaml.safe_load(request.data)  # ok: plain data only
    json.loads(request.data)  # ok: plain data only
    return 'done'


def restore(path):
    with open(path, 'rb') as file:
        return pickle.load(file)  # ok: a file of this program
