from django.http import HttpResponseRedirect
from django.shortcuts import redirect as django_redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from flask import Flask, redirect, request, url_for

app = Flask(__name__)


@app.route('/next')
def following():
    return redirect(request.args.get('next'))  # expect: open-redirect


@app.route('/alternative')
def alternative():
    return redirect(request.args.get('next') or url_for('index'))  # expect: open-redirect


@app.route('/fixed')
def fixed():
    target = request.args['target']
    if target == 'help':
        return redirect('/help/' + target)  # ok: stays on this site
    if target == 'docs':
        return redirect('https://docs.example.com/' + request.args['page'])  # ok: a constant host
    if target == 'page':
        return redirect(url_for('page', name=request.args['page']))  # ok: a known route
    return redirect('/search?q=' + request.args['q'])  # ok: stays on this site


def view(request):
    target = request.GET['next']
    if request.GET.get('kind') == 'named':
        return django_redirect(reverse('page', args=[target]))  # ok: a known route
    if url_has_allowed_host_and_scheme(target, allowed_hosts={'example.com'}):
        return HttpResponseRedirect(target)  # ok: checked
    return HttpResponseRedirect(target)  # expect: open-redirect
