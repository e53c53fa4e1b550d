from flask import Flask, render_template_string, request
from jinja2 import Environment, Template
from mako.template import Template as Mako

app = Flask(__name__)
TEMPLATE = '<p>Hello {{ name }}</p>'


@app.route('/hello')
def hello():
    name = request.args['name']
    render_template_string('<p>Hello ' + name + '</p>')  # expect: template-injection
    render_template_string(TEMPLATE, name=name)  # ok: the template is constant
    Template(name).render()  # expect: template-injection
    Template(TEMPLATE).render(name=name)  # ok: the template is constant
    Environment(autoescape=True).from_string(f'Hello {name}')  # expect: template-injection
    Mako(name).render()  # expect: template-injection
    return 'done'
