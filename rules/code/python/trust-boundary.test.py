from flask import Flask, request, session

app = Flask(__name__)


@app.route('/remember')
def remember():
    session['name'] = request.args['name']  # expect: trust-boundary
    session[request.args['name']] = True  # expect: trust-boundary
    session['visited'] = True  # ok: constant
    session['number'] = int(request.args['number'])  # ok: a number
    return 'done'


def view(request):
    request.session['name'] = request.GET['name']  # ok: nothing says that this is Django
