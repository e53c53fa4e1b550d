from flask import make_response


def login(token):
    answer = make_response('welcome')
    answer.set_cookie('session', token, secure=True)  # expect: cookie-without-httponly
    answer.set_cookie('session', token, secure=True, httponly=True)  # ok: both set
    return answer
