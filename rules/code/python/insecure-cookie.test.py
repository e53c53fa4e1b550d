from django.http import HttpResponse
from flask import make_response


def login(token):
    answer = make_response('welcome')
    answer.set_cookie('session', token, httponly=True)  # expect: insecure-cookie
    answer.set_cookie('session', token, httponly=True, secure=True)  # ok: both set
    answer.set_cookie('colour', 'red')  # ok: nothing that opens anything
    answer.set_cookie('colour', 'red', secure=False)  # expect: insecure-cookie
    return answer


def view(request, token):
    answer = HttpResponse('welcome')
    answer.set_cookie('auth_token', token, httponly=True)  # expect: insecure-cookie
    return answer
