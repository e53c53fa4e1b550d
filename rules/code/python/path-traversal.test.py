import os
import shutil
from enum import Enum
from pathlib import Path

from django.http import FileResponse
from fastapi import FastAPI, UploadFile
from flask import Flask, abort, request, send_file, send_from_directory
from werkzeug.utils import safe_join, secure_filename

app = Flask(__name__)
api = FastAPI()
FOLDER = '/srv/files'


@app.route('/read')
def read():
    name = request.args['name']
    open(os.path.join(FOLDER, name)).read()  # expect: path-traversal
    with open(f'{FOLDER}/{name}', 'rb') as file:  # expect: path-traversal
        file.read()
    open(os.path.join(FOLDER, os.path.basename(name)))  # ok: the last part only
    open(os.path.join(FOLDER, secure_filename(name)))  # ok: made harmless
    open(safe_join(FOLDER, name))  # ok: stays in the folder
    return 'done'


@app.route('/send')
def send():
    name = request.args['name']
    send_from_directory(FOLDER, name)  # ok: the function checks the name
    return send_file('/srv/files/' + name)  # expect: path-traversal


@app.route('/paths')
def paths():
    name = request.args['name']
    path = Path(FOLDER) / name
    path.read_text()  # expect: path-traversal
    (Path(FOLDER) / Path(name).name).read_text()  # ok: the last part only
    shutil.rmtree(os.path.join(FOLDER, name))  # expect: path-traversal
    return 'done'


@app.route('/checked')
def checked():
    path = os.path.realpath(os.path.join(FOLDER, request.args['name']))
    if not path.startswith(FOLDER + '/'):
        abort(404)
    return open(path).read()  # ok: lies below the folder


@app.route('/resolved')
def resolved():
    path = (Path(FOLDER) / request.args['name']).resolve()
    if not str(path).startswith(FOLDER):
        abort(404)
    if os.path.exists(request.args['other']):  # expect: path-traversal
        return 'there'
    name = request.args['last']
    if '../' in name:
        return 'no'
    open(FOLDER + '/' + name)  # ok: no way up
    return path.read_text()  # ok: lies below the folder


@app.route('/upload', methods=['POST'])
def upload():
    file = request.files['file']
    file.save(os.path.join(FOLDER, file.filename))  # expect: path-traversal
    file.save(os.path.join(FOLDER, secure_filename(file.filename)))  # ok: made harmless
    return 'done'


@api.post('/files')
async def files(file: UploadFile):
    with open(FOLDER + '/' + file.filename, 'wb') as target:  # expect: path-traversal
        target.write(await file.read())
    return {}


def view(request, number):
    return FileResponse(open('/srv/' + request.GET['file'], 'rb'))  # expect: path-traversal


def configuration(path):
    return open(path).read()  # ok: nobody outside says what the path is


class Kind(str, Enum):
    SMALL = 'small'


@api.get('/people/{number}/pictures/{name}')
async def picture(number: int, name: str, kind: Kind):
    return open(f'{FOLDER}/{number}/{kind}/{name}')  # ok: one part of the path, a number, a fixed list


@api.get('/people/{person}/files/{name}')
async def other_file(person: str, name: str):
    return open(f'{FOLDER}/{person}/{name}')  # expect: path-traversal


@app.route('/tree/<path:name>')
def tree(name):
    return send_file(FOLDER + '/' + name)  # expect: path-traversal
