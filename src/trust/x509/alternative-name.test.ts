import { describe, expect, it } from 'vitest'
import { parseAlternativeName } from './alternative-name.ts'
import { X509Error } from './error.ts'

describe('a name', () => {
  it.each([
    ['Example.COM', 'dns', 'example.com'],
    ['*.example.com', 'dns', '*.example.com'],
    ['localhost', 'dns', 'localhost'],
    ['bücher.example', 'dns', 'xn--bcher-kva.example'],
    ['*.bücher.example', 'dns', '*.xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'dns', 'xn--bcher-kva.example'],
    ['192.0.2.1', 'ip', '192.0.2.1'],
    ['2001:DB8:0:0::1', 'ip', '2001:db8::1'],
    ['[::1]', 'ip', '::1'],
    ['a.b+c@Example.com', 'email', 'a.b+c@example.com'],
    ['a@bücher.example', 'email', 'a@xn--bcher-kva.example'],
    ['spiffe://example.com/ns/web', 'uri', 'spiffe://example.com/ns/web'],
    ['urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'uri', undefined],
  ])('%s is of kind %s', (text, kind, value = text) => {
    expect(parseAlternativeName(text)).toMatchObject({ kind, value })
  })

  it.each([
    ['', /1 to 2048/],
    [' a.example', /space around/],
    ['a_b.example', /no part of a host name/],
    ['-a.example', /hyphen first/],
    ['a..example', /no part of a host name/],
    ['a.example.', /no part of a host name/],
    ['a.*.example', /whole first label/],
    ['w*.example', /whole first label/],
    ['*.com', /needs two parts/],
    ['*', /whole first label/],
    ['1.2.3.999', /looks like an IP address/],
    ['１.２.３.４', /is not valid/],
    ['xn--a.example', /is not valid/],
    ['bü cher.example', /no host name has/],
    ['bü%2e.example', /no host name has/],
    [`${'a'.repeat(64)}.example`, /no part of a host name/],
    [`${'a.'.repeat(130)}example`, /over 253/],
    ['ä@example.com', /no mailbox/],
    ['@example.com', /no mailbox/],
    ['"a b"@example.com', /no mailbox/],
    ['https://user:word@example.com/', /user or password/],
    ['https://', /not a URI/],
    ['urn:', /nothing behind/],
    ['a\u0000.example', /control|is not valid/],
  ])('%j is refused', (text, message) => {
    const attempt = () => parseAlternativeName(text)
    expect(attempt).toThrow(X509Error)
    expect(attempt).toThrow(message)
  })
})
