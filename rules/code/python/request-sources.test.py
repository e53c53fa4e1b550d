# Where requests come in, per framework: each of these reaches a command.
import os
import sys

import bottle
import falcon
from aiohttp import web
from bottle import request as bottle_request
from django.views.generic import TemplateView
from fastapi import APIRouter, Header, Request, WebSocket
from pyramid.view import view_config
from rest_framework.decorators import api_view
from rest_framework.views import APIView
from sanic import Sanic
from tornado.web import RequestHandler

router = APIRouter()
routes = web.RouteTableDef()
sanic_app = Sanic('app')


@routes.get('/{name}')
async def aiohttp_handler(request):
    os.system(request.match_info['name'])  # expect: command-injection
    data = await request.post()
    os.system(data['name'])  # expect: command-injection


async def aiohttp_plain(request: web.Request):
    body = await request.json()
    os.system(body['name'])  # expect: command-injection
    os.system(request.query.get('name'))  # expect: command-injection


@bottle.route('/<name>')
def bottle_handler(name):
    os.system(name)  # expect: command-injection
    os.system(bottle_request.query.get('name'))  # expect: command-injection


@view_config(route_name='home')
def pyramid_view(request):
    os.system(request.params['name'])  # expect: command-injection


@sanic_app.get('/<name>')
async def sanic_handler(request, name):
    os.system(request.args.get('name'))  # expect: command-injection
    os.system(name)  # expect: command-injection


class FalconResource:
    def on_get(self, req, resp):
        os.system(req.get_param('name'))  # expect: command-injection


class TornadoHandler(RequestHandler):
    def get(self, name):
        os.system(self.get_argument('name'))  # expect: command-injection
        os.system(self.request.body)  # expect: command-injection
        os.system(name)  # expect: command-injection


class DjangoView(TemplateView):
    def get_context_data(self, **kwargs):
        os.system(self.request.GET['name'])  # expect: command-injection
        os.system(self.kwargs['name'])  # expect: command-injection


class RestView(APIView):
    def post(self, request, format=None):
        os.system(request.data['name'])  # expect: command-injection


@api_view(['GET'])
def rest_function(request, name):
    os.system(request.query_params.get('name'))  # expect: command-injection


@router.get('/items/{item}')
async def fastapi_handler(item: str, number: int, request: Request, agent: str = Header(None)):
    os.system(item)  # expect: command-injection
    os.system(f'echo {number}')  # ok: a number
    os.system(agent)  # expect: command-injection
    os.system(request.query_params['name'])  # expect: command-injection
    os.system(request.method)  # ok: not chosen freely


@router.websocket('/socket')
async def fastapi_socket(websocket: WebSocket):
    os.system(await websocket.receive_text())  # expect: command-injection


def lambda_handler(event, context):
    os.system(event['queryStringParameters']['name'])  # expect: command-injection
    os.system(context.function_name)  # ok: set by the platform


def main():
    os.system(sys.argv[1])  # ok: whoever starts the program may run what they like
