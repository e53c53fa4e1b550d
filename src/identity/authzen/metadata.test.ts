import { expect, it } from 'vitest'
import { metadata } from './metadata.ts'

const hosts = new Map([
  ['access.example.com', 'identity'],
  ['gate.example.com', 'gate'],
] as const)

it.each([
  ['panthera.example.com', 'https://panthera.example.com:8443/identity'],
  ['access.example.com', 'https://access.example.com:8443'],
  // Of the header nothing comes back that is no setting: neither its port nor a name.
  ['ACCESS.example.com:99', 'https://access.example.com:8443'],
  ['gate.example.com', 'https://panthera.example.com:8443/identity'],
  ['evil.example', 'https://panthera.example.com:8443/identity'],
])('asked at %s it names %s', (host, expected) => {
  const addresses = { publicUrl: 'https://panthera.example.com:8443', surfaceHosts: hosts }
  const document = metadata(addresses, { host })
  expect(document.policy_decision_point).toBe(expected)
  expect(document.access_evaluation_endpoint).toBe(`${expected}/access/v1/evaluation`)
})
