import os

INSTALLED_APPS = ['django.contrib.admin']
ROOT_URLCONF = 'site.urls'

DEBUG = True  # expect: debug-mode
SECRET_KEY = 'not' + '-very-secret'  # expect: hardcoded-credential
ALLOWED_HOSTS = ['*']  # expect: any-host-allowed
SESSION_COOKIE_SECURE = False  # expect: insecure-cookie
SESSION_COOKIE_HTTPONLY = False  # expect: cookie-without-httponly
CORS_ALLOW_ALL_ORIGINS = os.environ.get('OPEN') == '1'  # ok: decided by the environment
SESSION_SERIALIZER = 'django.contrib.sessions.serializers.PickleSerializer'  # expect: unsafe-deserialization
LANGUAGE_CODE = 'en'  # ok: nothing about security
