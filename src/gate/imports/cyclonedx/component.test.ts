import { describe, expect, it } from 'vitest'
import { componentFromReference, readComponent } from './component.ts'

describe('a component', () => {
  it.each([
    ['pkg:npm/lodash@4.17.20', 'pkg:npm/lodash'],
    ['pkg:npm/%40scope/name@1.0.0', 'pkg:npm/@scope/name'],
    ['pkg:npm/@scope/name', 'pkg:npm/@scope/name'],
    ['pkg:golang/github.com/a/b@v1.2.3#sub/path', 'pkg:golang/github.com/a/b'],
    ['pkg:deb/debian/openssl@1:3.0?arch=amd64&distro=debian-12.5', 'pkg:deb/debian/openssl'],
    ['pkg:PyPI/Django@5.0', 'pkg:pypi/django'],
  ])('%s is known as %s', (purl, identity) => {
    expect(readComponent({ purl, name: 'x' })?.identity).toBe(identity)
  })

  it('without a package URL is known by its name', () => {
    expect(readComponent({ group: 'org.acme', name: 'core', version: '1' })).toEqual({
      name: 'org.acme/core',
      version: '1',
      identity: 'org.acme/core',
      path: null,
    })
    expect(readComponent({ version: '1' })).toBeNull()
  })

  it('that is only referred to is read from the reference', () => {
    expect(componentFromReference('pkg:npm/%40scope/name@1.0.0%2B1')).toMatchObject({
      name: '@scope/name',
      version: '1.0.0+1',
    })
  })

  it('says where it was found', () => {
    const occurrences = [{ location: '/app/pom.xml' }]
    expect(readComponent({ name: 'a', evidence: { occurrences } })?.path).toBe('app/pom.xml')
    const properties = [{ name: 'SrcFile', value: '../package-lock.json' }]
    expect(readComponent({ name: 'a', properties })?.path).toBe('package-lock.json')
  })
})
