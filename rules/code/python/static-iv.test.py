import os

from Crypto.Cipher import AES
from cryptography.hazmat.primitives.ciphers import modes

key = os.urandom(32)
AES.new(key, AES.MODE_CBC, b'0123456789abcdef')  # expect: static-iv
AES.new(key, AES.MODE_CBC, os.urandom(16))  # ok: new each time
modes.CBC(b'0123456789abcdef')  # expect: static-iv
modes.CBC(os.urandom(16))  # ok: new each time

Cipher(algorithms.AES(key), modes.CBC(b'0' * 16))  # expect: static-iv
