import paramiko
from paramiko.client import AutoAddPolicy, SSHClient

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # expect: ssh-host-key
client.set_missing_host_key_policy(paramiko.RejectPolicy())  # ok: others are refused
other = SSHClient()
other.set_missing_host_key_policy(AutoAddPolicy)  # expect: ssh-host-key
other.load_system_host_keys()  # ok: known ones
