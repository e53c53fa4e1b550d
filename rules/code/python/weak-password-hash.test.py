import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC


def derive(password, salt):
    hashlib.pbkdf2_hmac('sha256', password, salt, 1000)  # expect: weak-password-hash
    hashlib.pbkdf2_hmac('sha256', password, salt, 600_000)  # ok: enough rounds
    PBKDF2HMAC(algorithm=hashes.SHA256(), length=32, salt=salt, iterations=500)  # expect: weak-password-hash
    PBKDF2HMAC(algorithm=hashes.SHA256(), length=32, salt=salt, iterations=600_000)  # ok: enough rounds
