import yaml
from yaml import Loader, SafeLoader


def read(path):
    with open(path) as file:
        yaml.load(file, Loader=Loader)  # expect: unsafe-yaml-loader
        yaml.unsafe_load(file.read())  # expect: unsafe-yaml-loader
        yaml.load(file, Loader=SafeLoader)  # ok: plain data only
        yaml.load(file, yaml.CSafeLoader)  # ok: plain data only
        yaml.safe_load(file)  # ok: plain data only
        yaml.load('a: 1', Loader=Loader)  # ok: constant
