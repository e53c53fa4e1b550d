import sqlite3

import graphene
import psycopg2
import sqlalchemy
from django.db import connection
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from fastapi import Depends, FastAPI
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from sqlalchemy.orm import Session

app = Flask(__name__)
api = FastAPI()
db = SQLAlchemy(app)
COLUMNS = {'name': 'name', 'age': 'born'}


def connect():
    return sqlite3.connect('data.db')


@app.route('/concatenated')
def concatenated():
    name = request.args.get('name')
    cursor = sqlite3.connect('data.db').cursor()
    cursor.execute("SELECT * FROM people WHERE name = '" + name + "'")  # expect: sql-injection
    cursor.execute('SELECT * FROM people WHERE name = ?', (name,))  # ok: a parameter
    return 'done'


@app.route('/formatted')
def formatted():
    name = request.form['name']
    with connect() as connection_:
        connection_.execute(f"SELECT * FROM people WHERE name = '{name}'")  # expect: sql-injection
        connection_.execute("DELETE FROM people WHERE name = '%s'" % name)  # expect: sql-injection
        connection_.execute("DELETE FROM people WHERE name = '{}'".format(name))  # expect: sql-injection
        connection_.execute('DELETE FROM people WHERE id = %d' % int(name))  # ok: a number
        connection_.execute(f'DELETE FROM people WHERE id = {int(name)}')  # ok: a number
    return 'done'


@app.route('/collected')
def collected():
    parts = []
    for key in request.args:
        parts.append(f"{key} = '{request.args[key]}'")
    statement = 'SELECT * FROM people WHERE ' + ' AND '.join(parts)
    psycopg2.connect('dbname=app').cursor().execute(statement)  # expect: sql-injection
    return 'done'


@app.route('/listed')
def listed():
    ids = [int(part) for part in request.args['ids'].split(',')]
    marks = ', '.join(['%s'] * len(ids))
    cursor = psycopg2.connect('dbname=app').cursor()
    cursor.execute(f'SELECT * FROM people WHERE id IN ({marks})', ids)  # ok: only marks are joined
    cursor.execute('SELECT 1 WHERE id IN (%s)' % ','.join(map(str, ids)))  # ok: only numbers
    return 'done'


@app.route('/sorted')
def sorted_():
    order = request.args.get('order', 'name')
    cursor = psycopg2.connect('dbname=app').cursor()
    column = COLUMNS[order]
    cursor.execute('SELECT * FROM people ORDER BY ' + column)  # ok: from a fixed table
    if order in ('name', 'age'):
        cursor.execute('SELECT * FROM people ORDER BY ' + order)  # ok: one of two words
    if order not in ['name', 'age']:
        return 'no'
    cursor.execute('SELECT * FROM people ORDER BY ' + order)  # ok: one of two words
    return 'done'


@app.route('/orm')
def orm():
    name = request.args['name']
    db.session.execute(text("SELECT * FROM people WHERE name = '%s'" % name))  # expect: sql-injection
    db.session.execute(text('SELECT * FROM people WHERE name = :name'), {'name': name})  # ok: a parameter
    engine = sqlalchemy.create_engine('sqlite://')
    with engine.connect() as opened:
        opened.exec_driver_sql('SELECT * FROM ' + name)  # expect: sql-injection
    return 'done'


def run(statement):
    with connect() as opened:
        return opened.execute(statement).fetchall()  # expect: sql-injection


@app.route('/helper')
def helper():
    run('SELECT * FROM people WHERE name = "' + request.values['name'] + '"')
    return 'done'


@app.route('/typed/<int:number>')
def typed(number):
    run('SELECT * FROM people WHERE id = %s' % number)  # ok: the route takes numbers only
    return 'done'


class People:
    def __init__(self, connection_):
        self.connection = connection_
        self.cursor = connection_.cursor()

    def find(self, name):
        self.cursor.execute("SELECT * FROM people WHERE name = '%s'" % name)  # expect: sql-injection
        return self.cursor.fetchall()


@app.route('/object')
def through_object():
    people = People(connect())
    people.find(request.args.get('name'))
    return 'done'


def django_view(request: HttpRequest):
    name = request.GET.get('name', '')
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people WHERE name = '%s'" % name)  # expect: sql-injection
        cursor.execute('SELECT * FROM people WHERE name = %s', [name])  # ok: a parameter
    Person.objects.raw("SELECT * FROM people WHERE name = '" + name + "'")  # expect: sql-injection
    Person.objects.raw('SELECT * FROM people WHERE name = %s', [name])  # ok: a parameter
    Person.objects.annotate(found=RawSQL(name, ()))  # expect: sql-injection
    Person.objects.extra(where=['name = ' + name])  # expect: sql-injection
    Person.objects.filter(name=name)  # ok: the mapper makes a parameter


def get_session():
    yield Session()


@api.get('/people/{number}')
async def endpoint(number: int, name: str, session: Session = Depends(get_session)):
    session.execute(text(f"SELECT * FROM people WHERE name = '{name}'"))  # expect: sql-injection
    session.execute(text(f'SELECT * FROM people WHERE id = {number}'))  # ok: declared as a number
    return {}


class Query(graphene.ObjectType):
    def resolve_people(self, info, name=None, number=0):
        return db.session.execute(text("SELECT * FROM people WHERE name = '%s'" % name))  # expect: sql-injection


class Rename(graphene.Mutation):
    def mutate(self, info, name):
        return connect().execute(f"UPDATE people SET name = '{name}'")  # expect: sql-injection
