import tarfile

archive = tarfile.open('data.tar')
archive.extractall('/srv/data')  # expect: archive-extraction
archive.extractall('/srv/data', filter='data')  # ok: checked
archive.extractall('/srv/data', members=[])  # ok: members were chosen
