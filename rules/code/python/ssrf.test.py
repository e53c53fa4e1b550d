import urllib.request
from urllib.parse import quote, urlparse

import aiohttp
import httpx
import requests
from flask import Flask, abort, request

app = Flask(__name__)
HOSTS = ['api.example.com', 'cdn.example.com']


@app.route('/fetch')
def fetch():
    url = request.args['url']
    requests.get(url)  # expect: ssrf
    requests.post('http://' + url, data={})  # expect: ssrf
    requests.request('GET', url)  # expect: ssrf
    httpx.get(url)  # expect: ssrf
    urllib.request.urlopen(url)  # expect: ssrf
    session = requests.Session()
    session.get(url)  # expect: ssrf
    requests.get('https://api.example.com/items/' + url)  # ok: the host is constant
    requests.get('https://api.example.com/items', params={'q': url})  # ok: the host is constant
    requests.get(f'https://api.example.com/items?q={quote(url)}')  # ok: the host is constant
    return 'done'


@app.route('/async')
async def fetch_async():
    async with aiohttp.ClientSession() as session:
        async with session.get(request.args['url']) as answer:  # expect: ssrf
            return await answer.text()


@app.route('/host')
def host():
    requests.get(f'https://{request.args["host"]}/status')  # expect: ssrf
    return 'done'


@app.route('/checked')
def checked():
    url = request.args['url']
    if urlparse(url).hostname not in HOSTS:
        abort(400)
    requests.get(url)  # ok: the host is one of a list
    return 'done'
