import os

from Crypto.Cipher import AES, ARC4, DES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

key = os.urandom(32)
DES.new(key, DES.MODE_CBC)  # expect: weak-cipher
ARC4.new(key)  # expect: weak-cipher
AES.new(key, AES.MODE_ECB)  # expect: weak-cipher
AES.new(key, AES.MODE_GCM)  # ok: authenticated
Cipher(algorithms.AES(key), modes.ECB())  # expect: weak-cipher
Cipher(algorithms.Blowfish(key), modes.CBC(os.urandom(8)))  # expect: weak-cipher
Cipher(algorithms.AES(key), modes.GCM(os.urandom(12)))  # ok: authenticated
