# Views of Django that import only from their own application.
import os

from .models import Person


def report(request, name):
    os.system('report ' + request.GET['name'])  # expect: command-injection
    os.system('report ' + request.session.session_key)  # ok: made by the server
    return Person.objects.filter(name=request.POST['name'])  # ok: the mapper makes a parameter


def other(query):
    os.system('report')  # ok: constant
