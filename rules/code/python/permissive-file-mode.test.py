import os
import stat
from pathlib import Path

os.chmod('/srv/data', 0o777)  # expect: permissive-file-mode
os.chmod('/srv/data', 0o640)  # ok: owner and group
Path('/srv/data').chmod(0o666)  # expect: permissive-file-mode
Path('/srv/data').chmod(stat.S_IRUSR)  # ok: owner only
