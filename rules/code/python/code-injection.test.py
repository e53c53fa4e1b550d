import ast
import json

from flask import Flask, request
from PIL import ImageMath

app = Flask(__name__)


@app.route('/calculate')
def calculate():
    expression = request.args.get('expression')
    eval(expression)  # expect: code-injection
    exec('value = ' + expression)  # expect: code-injection
    eval(compile(expression, 'text', 'eval'))  # expect: code-injection
    ast.literal_eval(expression)  # ok: literals only
    json.loads(expression)  # ok: data only
    eval('1 + 1')  # ok: constant
    ImageMath.eval(expression)  # expect: code-injection
    eval(str(float(expression)))  # ok: a number
    return 'done'


class Local:
    def eval(self, text):
        return text


@app.route('/method')
def method():
    Local().eval(request.args['text'])  # ok: another function of that name
    return 'done'


@app.route('/console')
def console():
    code.InteractiveConsole().push(request.args['line'])  # expect: code-injection
    return ''
