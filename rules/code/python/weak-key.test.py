from Crypto.PublicKey import RSA
from cryptography.hazmat.primitives.asymmetric import dsa, rsa

RSA.generate(1024)  # expect: weak-key
RSA.generate(3072)  # ok: long enough
rsa.generate_private_key(public_exponent=65537, key_size=1024)  # expect: weak-key
rsa.generate_private_key(public_exponent=65537, key_size=4096)  # ok: long enough
dsa.generate_private_key(key_size=1024)  # expect: weak-key
dsa.generate_private_key(key_size=2048)  # ok: long enough
