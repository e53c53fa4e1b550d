import xml.dom.minidom
import xml.sax
from xml.sax.handler import feature_external_ges

import defusedxml.ElementTree
from flask import Flask, request
from lxml import etree

app = Flask(__name__)


@app.route('/parse', methods=['POST'])
def parse():
    etree.fromstring(request.data)  # expect: xxe
    etree.fromstring(request.data, etree.XMLParser(resolve_entities=True))  # expect: xxe
    etree.fromstring(request.data, parser=etree.XMLParser(resolve_entities=False))  # ok: no entities
    defusedxml.ElementTree.fromstring(request.data)  # ok: a parser that refuses them
    parser = xml.sax.make_parser()
    xml.dom.minidom.parseString(request.data, parser)  # ok: off by default
    parser.setFeature(feature_external_ges, True)
    xml.dom.minidom.parseString(request.data, parser)  # expect: xxe
    parser.setFeature(feature_external_ges, False)
    xml.dom.minidom.parseString(request.data, parser)  # ok: switched off
    return 'done'


def configuration():
    return etree.parse('settings.xml')  # ok: a file of this program
