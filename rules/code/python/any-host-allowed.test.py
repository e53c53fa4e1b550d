# Where this file stands it is no settings: see settings.test.py, which says `expect: any-host-allowed`.
ALLOWED_HOSTS = ['*']  # ok: no settings of Django
