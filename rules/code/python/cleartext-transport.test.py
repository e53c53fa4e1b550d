import ftplib
import telnetlib

telnetlib.Telnet('router.example.com')  # expect: cleartext-transport
ftplib.FTP('files.example.com')  # expect: cleartext-transport
ftplib.FTP_TLS('files.example.com')  # ok: encrypted
