import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { createDependencyEngine } from '../engine.ts'
import { scanUnit } from '../fixtures/unit.ts'
import { mayBeLibrary, readBanner } from './javascript-banner.ts'

const keys = (files: Record<string, string>) =>
  scanUnit(files).packages.map(({ name, version, place }) => `${name}@${version} ${place.path}`)

describe('a copy of a library', () => {
  it.each([
    ['jquery.min.js', '/*! jQuery v1.10.2 | (c) 2005, 2013 jQuery Foundation */', 'jquery@1.10.2'],
    ['jquery.js', '/*! jQuery v1.8.3 jquery.com | jquery.org/license */', 'jquery@1.8.3'],
    ['leaflet.js', '/* @preserve\n * Leaflet 1.7.1, a JS library for maps', 'leaflet@1.7.1'],
    ['axios.js', '// Axios v1.6.0 Copyright (c) 2023', 'axios@1.6.0'],
    ['tinymce.js', '/**\n * TinyMCE version 5.0.1 (2019-02-21)\n', 'tinymce@5.0.1'],
    ['jquery.js', '/*!\n * jQuery JavaScript Library v3.5.1 -ajax\n * x', 'jquery@3.5.1'],
    ['vendor/a.js', ';/*! jQuery v3.0.0-rc1 | (c)', 'jquery@3.0.0-rc1'],
    ['lib/ui.js', '/*! jQuery UI - v1.10.4 - 2014-08-24\n', 'jquery-ui@1.10.4'],
    [
      'jquery.validate.js',
      '/*!\n * jQuery Validation Plugin v1.17.0\n',
      'jquery-validation@1.17.0',
    ],
    ['bootstrap.min.js', '/*!\n  * Bootstrap v4.1.1 (https://x)\n', 'bootstrap@4.1.1'],
    ['bootstrap-affix.js', '/* =====\n * bootstrap-affix.js v2.3.2\n', 'bootstrap@2.3.2'],
    ['angular.js', '/**\n * @license AngularJS v1.5.8\n', 'angular@1.5.8'],
    ['angular-route.min.js', '/*\n AngularJS v1.5.8\n', 'angular-route@1.5.8'],
    ['lodash.js', '/**\n * @license\n * lodash 3.10.1 (Custom Build)', 'lodash@3.10.1'],
    [
      'lodash.js',
      "/**\n * @license\n * Lodash <https://lodash.com/>\n */\n;(0);\n  var VERSION = '4.17.15';",
      'lodash@4.17.15',
    ],
    ['underscore.js', '//     Underscore.js 1.8.3\n//     http', 'underscore@1.8.3'],
    ['moment.js', '//! moment.js\n//! version : 2.18.1\n', 'moment@2.18.1'],
    ['handlebars.js', '/**!\n\n @license\n handlebars v4.0.5\n', 'handlebars@4.0.5'],
    ['vue.js', '/*!\n * Vue.js v2.6.14\n', 'vue@2.6.14'],
    [
      'react-dom.js',
      '/** @license React v16.4.1\n * react-dom.production.min.js',
      'react-dom@16.4.1',
    ],
    ['purify.min.js', '/*! @license DOMPurify 2.0.7 | (c) Cure53', 'dompurify@2.0.7'],
    ['js/jquery-1.8.3.min.js', '(function(a,b){})(window)', 'jquery@1.8.3'],
  ])('%s is known by %j', (path, text, key) => {
    expect(mayBeLibrary(path)).toBe(true)
    expect(keys({ [path]: `${text}\nvar x = 1` })).toEqual([`${key} ${path}`])
  })

  it.each([
    ['jquery.form.js', '/*!\n * jQuery Form Plugin\n * version: 3.51.0\n * Requires jQuery v1.5.0'],
    ['jquery.cookie.js', '/*!\n * jQuery Cookie Plugin v1.4.1\n */'],
    ['bootstrap-slider.js', '/* =====\n * bootstrap-slider.js v2.0.0\n */'],
    ['jquery-1.8.3-ext.js', '/* our own additions to what 1.8.3 has */'],
    ['jquery-2.1.4.js', '/*! nanoScroller - v2.1.4 - for old browsers */'],
    ['jquery.validate.js', '/**\n * jQuery Validation Plugin @VERSION\n */'],
    ['app.min.js', 'var about = "/*! jQuery v1.10.2 |"'],
    ['lib/use.js', '// needs jQuery v1.10.2\nuse()'],
    ['lib/old.js', '/* Works with Bootstrap v3.3.7 */'],
    ['lib/react-helper.js', '// Bootstrap 3.3.7 notes: why we left it'],
    ['jquery.x.js', '/*! jQuery v1.8.3 compatible helper by me */'],
    ['jquery.x.js', '/*! jQuery v3.0.0-rc1 compatible helper by me */'],
    ['react.js', "import React from 'react'"],
    ['jquery.js', '/*! jQuery v'],
  ])('%s is none, whatever it mentions: %j', (path, text) => {
    expect(readBanner(path, text)).toBeNull()
    const bytes = Buffer.from(text)
    expect(createDependencyEngine().membership(new SourceText(path, bytes))).toBeNull()
  })

  it('counts once where it lies beside what it was minified from', () => {
    const text = '/*! jQuery v1.10.2 | (c)'
    expect(keys({ 'a/jquery.js': text, 'a/jquery.min.js': text })).toEqual([
      'jquery@1.10.2 a/jquery.js',
    ])
    const other = { 'a/jquery.js': '/*! jQuery v3.7.1', 'a/jquery.min.js': text }
    expect(keys(other)).toHaveLength(2)
  })

  it('is named where its version stands', () => {
    const { packages } = scanUnit({ 'vue.js': '/*!\n * Vue.js v2.6.14\n */' })
    expect(packages[0]).toMatchObject({
      direct: true,
      development: false,
      place: { line: 2, column: 12, endColumn: 18 },
    })
  })

  it('is not looked for in the middle of a file, however large', () => {
    const text = `${' '.repeat(5_000_000)}/*! jQuery v1.10.2 |`
    expect(readBanner('jquery.js', text)).toBeNull()
  })
})
