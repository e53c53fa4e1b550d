import { expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { createDependencyEngine } from '../engine.ts'
import { told } from '../fixtures/unit.ts'

const dependency = (group: string, artifact: string, more = '') =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>${more}</dependency>`
const version = (text: string) => `<version>${text}</version>`
const imported = (text: string) => `${version(text)}<type>pom</type><scope>import</scope>`
const system = '<scope>system</scope><systemPath>/x.jar</systemPath>'
const property = (name: string) => `$${`{${name}}`}`

const parent = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <groupId>org.shop</groupId><artifactId>parent</artifactId>${version('1.0')}
  <modules><module>core</module></modules>
  <properties>
    <one.version>1.1</one.version>
    <loop.a>${property('loop.b')}</loop.a><loop.b>${property('loop.a')}</loop.b>
  </properties>
  <dependencyManagement><dependencies>
    ${dependency('org.a', 'one', version(property('one.version')))}
    ${dependency('org.a', 'test', `${version('4.0')}<scope>test</scope>`)}
    ${dependency('org.shop', 'bom', imported('1.0'))}
    ${dependency('com.fasterxml.jackson', 'jackson-bom', imported('2.15.2'))}
  </dependencies></dependencyManagement>
</project>`

const bom = `<project><groupId>org.shop</groupId><artifactId>bom</artifactId>${version('1.0')}
  <properties><two.version>2.2</two.version></properties>
  <dependencyManagement><dependencies>
    ${dependency('org.a', 'one', version('0.1'))}
    ${dependency('org.a', 'two', version(property('two.version')))}
  </dependencies></dependencyManagement>
</project>`

const core = `<project>
  <parent><groupId>org.shop</groupId><artifactId>parent</artifactId>${version('1.0')}</parent>
  <artifactId>core</artifactId>
  <properties><one.version>1.2</one.version></properties>
  <dependencies>
    ${dependency('org.a', 'one')}
    ${dependency('org.a', 'two')}
    ${dependency('org.a', 'test')}
    ${dependency('org.a', 'exact', version('[3.0]'))}
    ${dependency('org.a', 'range', version('[1.0,2.0)'))}
    ${dependency('org.a', 'unknown', version(property('nowhere')))}
    ${dependency('org.a', 'loop', version(property('loop.a')))}
    ${dependency('org.a', 'outside')}
    ${dependency('com.fasterxml.jackson.core', 'jackson-databind')}
    ${dependency(property('project.groupId'), 'bom', version(property('project.version')))}
    ${dependency('org.a', 'file', `${version('1')}${system}`)}
    ${dependency('org.a', '\n      spaced\n    ', version(property('project.parent.version')))}
  </dependencies>
  <profiles>
    <profile><activation><activeByDefault>true</activeByDefault></activation>
      <dependencies>${dependency('org.a', 'profile', version('1'))}</dependencies></profile>
    <profile>
      <dependencies>${dependency('org.a', 'elsewhere', version('1'))}</dependencies>
    </profile>
  </profiles>
</project>`

it('finds versions in parents, properties, management and imported lists', () => {
  expect(told({ 'pom.xml': parent, 'bom/pom.xml': bom, 'core/pom.xml': core })).toEqual([
    'one: org.a:one@1.2 direct',
    'two: org.a:two@2.2 direct',
    'test: org.a:test@4.0 direct dev',
    'exact: org.a:exact@3.0 direct',
    'range: org.a:range@([1.0,2.0)) direct',
    'unknown: org.a:unknown@(null) direct',
    'loop: org.a:loop@(null) direct',
    'outside: org.a:outside@(null) direct',
    'jackson-databind: com.fasterxml.jackson.core:jackson-databind@2.15.2 direct',
    'file: org.a:file@1 direct from /x.jar',
    'spaced: org.a:spaced@1.0 direct',
    'profile: org.a:profile@1 direct',
  ])
})

it('ends where parents are each other', () => {
  const one = (name: string, other: string) =>
    `<project><parent><groupId>g</groupId><artifactId>${other}</artifactId>
      <relativePath>../${other}</relativePath></parent>
    <artifactId>${name}</artifactId><dependencies>${dependency('g', 'x')}</dependencies></project>`
  expect(told({ 'a/pom.xml': one('a', 'b'), 'b/pom.xml': one('b', 'a') })).toEqual([
    'x: g:x@(null) direct',
    'x: g:x@(null) direct',
  ])
})

it('expands no entities and reads as far as the XML goes', () => {
  const text = `<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "1.0"><!ENTITY b "&a;&a;&a;">]>
<project><dependencies>${dependency('g', 'x', version('&b;'))}
  ${dependency('g', 'y', version('1.0'))}`
  expect(told({ 'pom.xml': text })).toEqual([
    'x: g:x@&b; direct',
    'y: g:y@1.0 direct',
    'incomplete: pom.xml: not valid XML; read as far as possible',
  ])
})

it('links a pom to its parent and its modules', () => {
  const text = `<project>
    <parent><artifactId>p</artifactId><relativePath>../parent/pom.xml</relativePath></parent>
    <modules><module>core</module><module>other/pom-11.xml</module></modules></project>`
  const source = new SourceText('a/pom.xml', new TextEncoder().encode(text))
  expect(createDependencyEngine().membership(source)?.links).toEqual([
    'parent',
    'a/core',
    'a/other',
  ])
})
