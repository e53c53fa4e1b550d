import jwt


def read(token, key):
    jwt.decode(token, options={'verify_signature': False})  # expect: jwt-verification
    jwt.decode(token, key, verify=False)  # expect: jwt-verification
    jwt.decode(token, key, algorithms=['none'])  # expect: jwt-verification
    jwt.decode(token, key, algorithms=['HS256'])  # ok: a fixed algorithm
    jwt.decode(token, key, algorithms=['RS256'], options={'verify_exp': False})  # ok: still verified
