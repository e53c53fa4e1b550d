from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from fastapi.responses import HTMLResponse
from flask import Flask, jsonify, make_response, render_template, request
from markupsafe import Markup
from markupsafe import escape as quote
from tornado.web import RequestHandler

app = Flask(__name__)


@app.route('/hello')
def hello():
    return '<p>Hello ' + request.args['name'] + '</p>'  # expect: xss


@app.route('/escaped')
def escaped():
    return f'<p>Hello {quote(request.args["name"])}</p>'  # ok: escaped


@app.route('/template')
def template():
    return render_template('hello.html', name=request.args['name'])  # ok: the template escapes


@app.route('/data')
def data():
    return jsonify(name=request.args['name'])  # ok: no page


@app.route('/made')
def made():
    name = request.args['name']
    Markup('<b>%s</b>' % name)  # expect: xss
    Markup('<b>%s</b>') % name  # ok: the operator escapes
    return make_response('<p>' + name + '</p>')  # expect: xss


def view(request):
    name = request.GET.get('name')
    mark_safe('<b>' + name + '</b>')  # expect: xss
    format_html('<b>{}</b>', name)  # ok: escapes its arguments
    if name == 'json':
        return JsonResponse({'name': name})  # ok: no page
    if name == 'plain':
        return HttpResponse(request.GET['text'], content_type='text/plain')  # ok: no page
    if name == 'escaped':
        return HttpResponse('<p>' + escape(request.GET['text']))  # ok: escaped
    if name == 'rendered':
        return render(request, 'page.html', {'text': request.GET['text']})  # ok: escaped there
    return HttpResponse('<p>' + name)  # expect: xss


class Page(RequestHandler):
    def get(self):
        self.write('<p>' + self.get_argument('name'))  # expect: xss
        self.write({'name': self.get_argument('name')})  # ok: written as JSON


def page(request):
    return HTMLResponse('<p>' + request.GET['name'])  # expect: xss


@app.route('/map')
def as_map():
    return {'name': request.args['name']}, 201  # ok: written as JSON


@app.route('/headers')
def with_headers():
    return make_response(('done', {'X-Name': request.args['name']}))  # ok: a header
