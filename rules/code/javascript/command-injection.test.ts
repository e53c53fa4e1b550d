import { exec, execFile, spawn } from 'node:child_process'
import express, { type Request, type Response } from 'express'
import util from 'util'

const app = express()
const run = util.promisify(exec)
const programs = ['uptime', 'df']
const commands: Record<string, string> = { disk: 'df -h', load: 'uptime' }

app.get('/ping', (req: Request, res: Response) => {
  exec('ping -c 1 ' + req.query.host, (error, output) => res.json({ output })) // expect: command-injection
})

app.get('/ping', async (req, res) => {
  const { host = 'localhost' } = req.query
  const line = `ping -c 1 ${host}`
  await run(line) // expect: command-injection
  const count = Number(req.query.count)
  await run(`ping -c ${count} localhost`) // ok: a number
  await run(`ping -c 1 ${encodeURIComponent(String(host))}`) // ok: encoded
})

app.post('/run', (req, res) => {
  const program = req.body.program
  spawn(program, ['-h']) // expect: command-injection
  spawn('sh', ['-c', 'cat ' + req.body.file]) // expect: command-injection
  spawn('ls ' + req.body.folder, { shell: true }) // expect: command-injection
  execFile('git', ['log', '--', req.body.file]) // ok: an argument of its own, without a shell
  if (!programs.includes(program)) return res.sendStatus(400)
  exec(program) // ok: one of a list
  exec(commands[req.body.command]) // ok: looked up in a table
})

function convert(name: string): void {
  exec('convert ' + name) // expect: command-injection
}

app.post('/convert', (req, res) => {
  convert(req.params.name)
  convert('fixed.png')
})

exec('git status ' + __dirname) // ok: nothing from outside
