// What `decisions.ts` is held against: the same HTTP server around nothing, which reads the JSON
// and answers a constant as long as a decision. Prints its address.
import Fastify from 'fastify'

const app = Fastify()
app.post('/', () => ({ allowed: true, padding: 'x'.repeat(400) }))
process.stdout.write(await app.listen({ host: '127.0.0.1', port: 0 }))
