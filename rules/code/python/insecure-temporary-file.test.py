import tempfile

tempfile.mktemp()  # expect: insecure-temporary-file
tempfile.mkstemp()  # ok: made at once
tempfile.NamedTemporaryFile()  # ok: made at once
