// Code that only together is weak, through the real scanner, the workers and the cache.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cloneRepository } from './git/clone.ts'
import { makeRepository, temporaryFolder } from './git/fixtures/repository.ts'
import { loadRules } from './rules.ts'
import { scanCommit, scanFolder } from './scan.ts'

const app = `const express = require('express')
const orders = require('./orders')
express().get('/', (req, res) => orders.find(req.query.id, (rows) => res.json(rows)))
`
const orders = `const mysql = require('mysql').createConnection({})
exports.find = (id, done) => {
  mysql.query("select * from orders where id = '" + id + "'", done)
}
`
const servlet = `package shop;
import javax.servlet.http.*;
public class Orders extends HttpServlet {
  private Store store;
  public void doGet(HttpServletRequest request, HttpServletResponse response) throws Exception {
    store.find(request.getParameter("id"));
    store.hash("x");
  }
}
`
const store = `package shop;
public interface Store {
  void find(String id) throws Exception;
  void hash(String x) throws Exception;
}
`
const sqlStore = `package shop;
public class SqlStore implements Store {
  private java.sql.Statement statement;
  public void find(String id) throws Exception {
    statement.executeQuery("select * from orders where id = '" + id + "'");
  }
  public void hash(String x) throws Exception {
    java.util.Properties all = new java.util.Properties();
    all.load(this.getClass().getClassLoader().getResourceAsStream("shop.properties"));
    java.security.MessageDigest.getInstance(all.getProperty("hash"));
  }
}
`
const views = `from flask import Flask, request
from . import db
app = Flask(__name__)
@app.route('/')
def index():
    db.find(request.args['id'])
    return ''
`
const db = `import sqlite3
def find(id):
    sqlite3.connect('x').cursor().execute("select * from orders where id = '%s'" % id)
`
const files = {
  'web/app.js': app,
  'web/orders.js': orders,
  'src/shop/Orders.java': servlet,
  'src/shop/Store.java': store,
  'src/shop/SqlStore.java': sqlStore,
  'conf/shop.properties': 'hash = MD5\n',
  'py/shop/views.py': views,
  'py/shop/db.py': db,
  'py/shop/__init__.py': '',
}
const found = [
  'py/shop/db.py:3 sql-injection from py/shop/views.py',
  'src/shop/SqlStore.java:10 weak-hash from nowhere',
  'src/shop/SqlStore.java:5 sql-injection from src/shop/Orders.java',
  'web/orders.js:3 sql-injection from web/app.js',
]
const engines = { secrets: false, code: true, dependencies: false, infrastructure: false }
const options = { engines, workers: 2, rules: await loadRules() }

type Outcome = Awaited<ReturnType<typeof scanFolder>>
const places = ({ findings }: Outcome) =>
  findings
    .map(({ location, ruleId, steps }) => {
      const { path, line } = location ?? {}
      return `${path}:${line} ${ruleId} from ${steps[0]?.path ?? 'nowhere'}`
    })
    .sort()

describe('code that leads to other files', () => {
  it('is followed there, in a folder and in a commit', async () => {
    const { dir, url } = makeRepository(files)
    const inFolder = await scanFolder({ ...options, root: dir })
    expect(places(inFolder)).toEqual(found)
    expect(inFolder.coverage).toMatchObject({ files: 9, complete: true })
    const scratchDir = temporaryFolder()
    const limits = { bytesMax: 1e9, timeoutMs: 60_000 }
    const clone = await cloneRepository({ url, depth: 'tip', scratchDir, limits })
    const { gitDir, commit } = clone
    const inCommit = await scanCommit({ ...options, gitDir, commit, scratchDir })
    expect(inCommit.findings).toEqual(inFolder.findings)
  })

  it('is looked at again when a file that it leads to changes, comes or goes', async () => {
    const { dir } = makeRepository(files)
    const cached = { ...options, root: dir, cacheDir: temporaryFolder() }
    const scan = async () => {
      const outcome = await scanFolder(cached)
      // What the cache knows is what is true.
      expect(outcome.findings).toEqual((await scanFolder({ ...options, root: dir })).findings)
      return places(outcome)
    }
    expect(await scan()).toEqual(found)
    expect(await scan()).toEqual(found)
    writeFileSync(join(dir, 'web/orders.js'), orders.replace('+ id +', '+ Number(id) +'))
    expect(await scan()).toEqual(found.slice(0, 3))
    writeFileSync(join(dir, 'conf/shop.properties'), 'hash = SHA-512\n')
    expect(await scan()).toEqual([found[0], found[2]])
    rmSync(join(dir, 'src/shop/SqlStore.java'))
    expect(await scan()).toEqual([found[0]])
    writeFileSync(join(dir, 'web/orders.js'), orders)
    writeFileSync(join(dir, 'src/shop/SqlStore.java'), sqlStore)
    expect(await scan()).toEqual([found[0], found[2], found[3]])
  })

  it('that changes during a scan is not remembered as what it was before', async () => {
    const { dir } = makeRepository({ ...files, 'first.txt': '' })
    const cached = { ...options, root: dir, cacheDir: temporaryFolder() }
    const harmless = orders.replace('+ id +', '+ Number(id) +')
    // Only the first look is done with what is no code.
    const onProgress = () => writeFileSync(join(dir, 'web/orders.js'), harmless)
    const changed = await scanFolder({ ...cached, onProgress })
    expect(places(changed)).toEqual(found.slice(0, 3))
    const paths = changed.shortfalls.map(({ path }) => path)
    expect(paths).toEqual(['web/app.js', 'web/orders.js'])
    writeFileSync(join(dir, 'web/orders.js'), orders)
    expect(places(await scanFolder(cached))).toEqual(found)
  })

  it('says of which code a file that was cut short leaves something open', async () => {
    const { dir } = makeRepository({ ...files, 'first.txt': '' })
    const onProgress = () => rmSync(join(dir, 'web/app.js'), { force: true })
    const outcome = await scanFolder({ ...options, root: dir, onProgress })
    expect(places(outcome)).not.toContain(found[3])
    expect(outcome.unproved).toEqual(['web/app.js', 'web/orders.js'])
  })

  it('has the same names whoever calls it, and is told once', async () => {
    const one = await scanFolder({ ...options, root: makeRepository(files).dir })
    const more = {
      ...files,
      'web/admin.js': app.replaceAll("'/'", "'/admin'"),
      'src/shop/Admin.java': servlet.replaceAll('Orders', 'Admin'),
      'py/admin.py': views.replace('from . import db', 'from shop import db'),
    }
    const two = await scanFolder({ ...options, root: makeRepository(more).dir })
    const names = ({ findings }: Outcome) =>
      findings.map(({ location, fingerprints }) => [location?.path, fingerprints])
    expect(names(two)).toEqual(names(one))
  })
})
