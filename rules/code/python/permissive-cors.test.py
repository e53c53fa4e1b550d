from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from flask import Flask
from flask_cors import CORS

app = Flask(__name__)
CORS(app, origins='*', supports_credentials=True)  # expect: permissive-cors
CORS(app, origins=['https://example.com'], supports_credentials=True)  # ok: a list of origins
CORS(app)  # ok: without credentials

api = FastAPI()
api.add_middleware(CORSMiddleware, allow_origins=['*'], allow_credentials=True)  # expect: permissive-cors
api.add_middleware(CORSMiddleware, allow_origins=['https://example.com'], allow_credentials=True)  # ok: a list
api.add_middleware(CORSMiddleware, allow_origins=['*'])  # ok: without credentials
