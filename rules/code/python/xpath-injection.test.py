from flask import Flask, request
from lxml import etree

app = Flask(__name__)


@app.route('/find')
def find():
    name = request.args['name']
    tree = etree.parse('people.xml')
    tree.xpath("//person[name = '" + name + "']")  # expect: xpath-injection
    tree.xpath('//person[name = $name]', name=name)  # ok: a variable
    tree.xpath('//person')  # ok: constant
    tree.xpath("//person[name = '%s']" % name.replace("'", '&apos;'))  # ok: no quotes
    if "'" in name:
        return 'no'
    tree.xpath("//person[name = '%s']" % name)  # ok: no quotes
    return 'done'
