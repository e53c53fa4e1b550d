import jinja2
from jinja2 import Environment, select_autoescape

jinja2.Environment(autoescape=False)  # expect: autoescape-off
Environment(autoescape=True)  # ok: on
Environment(autoescape=select_autoescape())  # ok: on for pages
