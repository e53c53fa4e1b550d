import importlib

from flask import Flask, request

app = Flask(__name__)
PLUGINS = {'csv': 'plugins.csv', 'json': 'plugins.json'}


@app.route('/plugin')
def plugin():
    name = request.args['name']
    importlib.import_module(name)  # expect: unsafe-reflection
    __import__('plugins.' + name)  # expect: unsafe-reflection
    importlib.import_module(PLUGINS[name])  # ok: from a fixed table
    importlib.import_module('plugins.csv')  # ok: constant
    return 'done'
