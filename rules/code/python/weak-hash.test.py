import hashlib
import hmac
from hashlib import sha1

from cryptography.hazmat.primitives import hashes
from Crypto.Hash import MD5

password = b'text'
hashlib.md5(password)  # expect: weak-hash
sha1(password)  # expect: weak-hash
hashlib.new('md5', password)  # expect: weak-hash
hashes.SHA1()  # expect: weak-hash
MD5.new(password)  # expect: weak-hash
hmac.new(b'key', password, 'md5')  # expect: weak-hash
hashlib.sha256(password)  # ok: resists collisions
hashlib.new('sha256', password)  # ok: resists collisions
hashlib.md5(password, usedforsecurity=False)  # ok: said to protect nothing
cache_key = hashlib.md5(password).hexdigest()  # ok: a key of a cache


def algorithm(name='sha512'):
    return hashlib.new(name, password)  # ok: another by default
