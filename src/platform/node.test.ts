import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { identifyNode } from './node.ts'

describe('a node', () => {
  const node = identifyNode()
  const [host] = node.id.split('/')

  it('is there while it runs', () => {
    expect(node.isGone(node.id)).toBe(false)
    expect(identifyNode().id).toBe(node.id)
  })

  it('is gone with its process, and a new process of the same number is not it', async () => {
    const child = spawn('sleep', ['60'])
    const { pid } = child
    expect(node.isGone(`${host}/${pid}/1`)).toBe(true)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    expect(node.isGone(`${host}/${pid}/12345`)).toBe(true)
  })

  it('of another host may well be alive', () => {
    expect(node.isGone('elsewhere/1/1')).toBe(false)
    expect(node.isGone('')).toBe(false)
  })
})
