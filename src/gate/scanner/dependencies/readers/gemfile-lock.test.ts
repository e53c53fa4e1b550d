import { expect, it } from 'vitest'
import { scanUnit, told } from '../fixtures/unit.ts'
import { gemGroups } from './gemfile.ts'

const lock = `GIT
  remote: https://example.test/forked.git
  revision: c0ffee
  branch: main
  specs:
    forked (1.0.0)
      rack (>= 1)

PATH
  remote: .
  specs:
    shop (0.1.0)
      rails (~> 7.0)

GEM
  remote: https://example.test/
  specs:
    nokogiri (1.15.0-x86_64-linux)
      racc (~> 1.4)
    racc (1.7.0)
    rack (2.2.7)
    rails (7.0.5)
      nokogiri (>= 1.8)
      rack (~> 2.2)
    rspec (3.12.0)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  forked!
  rspec (~> 3.12)
  shop!

CHECKSUMS
  racc (1.7.0) sha256=aa
  nokogiri (1.15.0-x86_64-linux) sha256=bb

BUNDLED WITH
   2.4.13
`
const gemfile = `source 'https://example.test'
gemspec
gem 'forked', git: 'https://example.test/forked.git'
group :development, :test do
  gem "rspec", "~> 3.12"
end
`

it('reads Gemfile.lock with the groups of the Gemfile', () => {
  const files = { 'Gemfile.lock': lock, Gemfile: gemfile }
  expect(told(files)).toEqual([
    'forked: forked@1.0.0 direct from git+https://example.test/forked.git#c0ffee',
    'nokogiri: nokogiri@1.15.0 indirect by rails@7.0.5',
    'racc: racc@1.7.0 indirect by rails@7.0.5 > nokogiri@1.15.0',
    'rack: rack@2.2.7 indirect by forked@1.0.0',
    'rails: rails@7.0.5 direct',
    'rspec: rspec@3.12.0 direct dev',
  ])
  const { packages } = scanUnit(files)
  expect(packages.find(({ name }) => name === 'racc')?.integrity).toBe('sha256:aa')
})

it('knows what a Gemfile is for development', () => {
  const text = `
gem 'a'
gem 'b', group: :test
gem 'c', :groups => [:development, :test]
gem 'd', group: [:test, :default]
if ENV['X']
  gem 'e'
end
group :test do
  platforms :ruby do
    gem 'f' # group: :default
  end
  gem 'g'
end
group :assets do
  gem 'h'
end
gem 'g'
`
  expect(Object.fromEntries(gemGroups({ text }))).toEqual({
    a: false,
    b: true,
    c: true,
    d: false,
    e: false,
    f: true,
    g: false,
    h: false,
  })
})
