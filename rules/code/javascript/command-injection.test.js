// The same from what other servers hand over.
const { execSync, spawnSync } = require('child_process')
const Fastify = require('fastify')
const Hapi = require('@hapi/hapi')
const Koa = require('koa')
const Router = require('@koa/router')
const { WebSocketServer } = require('ws')
const { Server } = require('socket.io')

const app = new Koa()
app.use(async (ctx) => {
  execSync('host ' + ctx.query.name) // expect: command-injection
  execSync('host ' + ctx.request.body.name) // expect: command-injection
  execSync('host ' + ctx.state.name) // ok: set by this program
})
const router = new Router()
router.get('/:name', (ctx, next) => {
  execSync(`host ${ctx.params.name}`) // expect: command-injection
})

const fastify = Fastify()
fastify.get('/:name', async (request, reply) => {
  return execSync('host ' + request.params.name) // expect: command-injection
})
fastify.route({
  method: 'POST',
  url: '/',
  handler: (request, reply) => reply.send(execSync(request.body.command)), // expect: command-injection
})

const server = Hapi.server({ port: 3000 })
server.route({
  method: 'POST',
  path: '/',
  handler: (request, h) => execSync('host ' + request.payload.name), // expect: command-injection
})

new WebSocketServer({ port: 8080 }).on('connection', (socket) => {
  socket.on('message', (message) => {
    execSync('host ' + message) // expect: command-injection
  })
})

const io = new Server(3001)
io.on('connection', (socket) => {
  socket.on('host', ({ name }, answer) => {
    spawnSync('bash', ['-c', `host ${name}`]) // expect: command-injection
    spawnSync('host', [name]) // ok: an argument of its own, without a shell
  })
})

exports.handler = async (event, context) => {
  execSync('host ' + JSON.parse(event.body).name) // expect: command-injection
  execSync('host ' + context.functionName) // ok: set by the platform
}

exports.resolvers = {
  Query: {
    host: (parent, { name }, context) => name,
    ping: (parent, args, context) => execSync('ping -c 1 ' + args.host), // expect: command-injection
  },
}
