import re

from flask import Flask, request

app = Flask(__name__)


@app.route('/search')
def search():
    pattern = request.args['pattern']
    re.search(pattern, 'text')  # expect: regex-injection
    re.compile('^' + pattern + '$')  # expect: regex-injection
    re.search(re.escape(pattern), 'text')  # ok: quoted
    re.search('[a-z]{1,8}', pattern)  # ok: the pattern is constant
    return 'done'
