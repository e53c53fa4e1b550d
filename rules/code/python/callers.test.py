# What a caller hands over counts where a statement is put together.
import pickle
import sqlite3

from psycopg2.sql import Identifier


def find(name):
    connection = sqlite3.connect('people.db')
    connection.execute("SELECT * FROM people WHERE name = '%s'" % name)  # expect: sql-injection
    connection.execute("SELECT * FROM people WHERE name = '{}'".format(name))  # expect: sql-injection
    connection.execute(f"SELECT * FROM people WHERE name = '{name}'")  # expect: sql-injection
    connection.execute('SELECT * FROM people WHERE name = ?', (name,))  # ok: a parameter
    return connection.execute('SELECT * FROM {}'.format(identifier(name)))  # ok: quoted


def run(statement):
    return sqlite3.connect('people.db').execute(statement)  # ok: made to run statements


def restore(data):
    return pickle.loads(data)  # expect: unsafe-deserialization


def build(database, name):
    # Nothing but the beginning tells that it is a statement.
    database.execute("DELETE FROM people WHERE name = '%s'" % name)  # expect: sql-injection
    database.execute('start %s' % name)  # ok: no statement
