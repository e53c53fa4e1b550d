import asyncio
import os
import shlex
import subprocess
from subprocess import PIPE, Popen

from django.views import View
from flask import Flask, request

app = Flask(__name__)


@app.route('/lookup')
def lookup():
    host = request.args.get('host')
    os.system('ping -c 1 ' + host)  # expect: command-injection
    os.popen(f'host {host}').read()  # expect: command-injection
    subprocess.run('dig ' + host, shell=True)  # expect: command-injection
    subprocess.check_output('dig {}'.format(host), shell=True)  # expect: command-injection
    subprocess.run(['dig', host])  # ok: an argument of its own, no shell
    subprocess.run(['dig', host], shell=False)  # ok: no shell
    subprocess.run('dig ' + shlex.quote(host), shell=True)  # ok: quoted
    subprocess.run('uptime', shell=True)  # ok: constant
    subprocess.run(['sh', '-c', 'dig ' + host])  # expect: command-injection
    subprocess.run([host, '--version'])  # expect: command-injection
    return 'done'


@app.route('/process', methods=['POST'])
def process():
    data = request.get_json()
    command = ['convert', '%s.png' % data['name']]
    Popen(' '.join(command), shell=True, stdout=PIPE)  # expect: command-injection
    Popen(command, stdout=PIPE)  # ok: a list, no shell
    options = {'shell': True}
    Popen('convert ' + data['name'], **options)  # expect: command-injection
    return 'done'


@app.route('/shell')
async def shell():
    await asyncio.create_subprocess_shell('ls ' + request.args['folder'])  # expect: command-injection
    await asyncio.create_subprocess_exec('ls', request.args['folder'])  # ok: an argument of its own
    return 'done'


@app.route('/chosen')
def chosen():
    commands = {'disk': 'df -h', 'memory': 'free'}
    name = request.args['what']
    os.system(commands.get(name, 'uptime'))  # ok: from a fixed table
    if name == 'disk':
        os.system('df ' + name)  # ok: equal to a constant
    return 'done'


class Report(View):
    def post(self, request):
        match request.POST['kind']:
            case 'disk' as kind:
                os.system('report ' + kind)  # ok: the pattern is a constant
            case other:
                os.system('report ' + other)  # expect: command-injection

    def get(self, request, name):
        os.system('report ' + self.request.GET['name'])  # expect: command-injection


def maintenance(folder):
    subprocess.call('du -sh ' + folder, shell=True)  # expect: command-injection
    subprocess.call(['du', '-sh', folder])  # ok: an argument of its own, without a shell


def run(command):
    subprocess.call(command, shell=True)  # ok: made to run what its caller has put together


class Shells(View):
    def get(self, request, *args, **kwargs):
        os.system('report ' + kwargs['name'])  # expect: command-injection
        os.execl('/bin/sh', 'sh', '-c', kwargs['name'])  # expect: command-injection
        os.execl('/bin/ls', 'ls', kwargs['name'])  # ok: an argument of its own
        os.spawnlp(os.P_WAIT, 'bash', 'bash', '-c', kwargs['name'])  # expect: command-injection
        fabric.Connection('host').run('report ' + kwargs['name'])  # expect: command-injection
