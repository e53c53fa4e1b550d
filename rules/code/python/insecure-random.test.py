import random
import secrets
import string
from random import randint

session_token = random.random()  # expect: insecure-random
delay = random.random()  # ok: no secret
colour = random.choice(['red', 'green'])  # ok: no secret


def generate_password(length):
    letters = string.ascii_letters
    return ''.join(random.choice(letters) for _ in range(length))  # expect: insecure-random


def reset(user):
    user.reset_code = randint(100000, 999999)  # expect: insecure-random
    user.reset_code = secrets.randbelow(900000)  # ok: cryptographic


def make_token():
    return random.SystemRandom().choice('abc')  # ok: cryptographic


def remember(session, user):
    value = str(random.getrandbits(64))  # expect: insecure-random
    session['key'] = value
    other = random.randint(1, 6)  # ok: a die
    user.luck = other


def answer(response):
    number = random.random()  # expect: insecure-random
    response.set_cookie('remember', str(number))
