import ldap
import ldap3
from flask import Flask, request
from ldap.filter import escape_filter_chars

app = Flask(__name__)


@app.route('/find')
def find():
    name = request.args['name']
    connection = ldap.initialize('ldaps://directory.example.com')
    connection.search_s('dc=example', ldap.SCOPE_SUBTREE, '(uid=' + name + ')')  # expect: ldap-injection
    safe = escape_filter_chars(name)
    connection.search_s('dc=example', ldap.SCOPE_SUBTREE, f'(uid={safe})')  # ok: escaped
    other = ldap3.Connection('ldaps://directory.example.com')
    other.search('dc=example', f'(uid={name})')  # expect: ldap-injection
    return 'done'
