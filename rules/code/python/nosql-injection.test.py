from bson import Code
from flask import Flask, request
from pymongo import MongoClient

app = Flask(__name__)
people = MongoClient().app.people


@app.route('/find')
def find():
    name = request.args['name']
    people.find_one({'$where': f'this.name == "{name}"'})  # expect: nosql-injection
    people.find_one({'name': name})  # ok: a text is compared
    Code('function() { return ' + name + ' }')  # expect: nosql-injection
    return 'done'
