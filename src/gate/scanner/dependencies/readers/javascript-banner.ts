// Which library a file of JavaScript is a copy of: what its first comment says, or its name.
import { nameOf } from '../paths.ts'

export interface JavascriptLibrary {
  /** Of npm. */
  name: string
  version: string
  /** Where the version stands in the text; both 0 where only the file's name has it. */
  start: number
  end: number
}

/** All that is looked at of a file. */
export const bannerChars = 1500

/** Whether the path alone leaves it possible: asked for every file. */
export function mayBeLibrary(path: string): boolean {
  return /\.js$/i.test(path) && likely.test(path)
}

const folders = 'vendors?|libs?|plugins?|third[_-]?party|external|assets|static|public'
const names =
  'jquery|bootstrap|angular|lodash|underscore|backbone|moment|handlebars|vue|react|purify|' +
  'dompurify|tinymce|knockout|select2|datatables|chart|axios|highlight|leaflet|marked|showdown'
const likely = new RegExp(`[.-]min\\.js$|(?:^|/)(?:${folders})/|(?:^|[/.-])(?:${names})`, 'i')

/** null for what is no copy of a library that is known here, or does not tell its version. */
export function readBanner(path: string, text: string): JavascriptLibrary | null {
  const head = text.slice(0, bannerChars)
  const file = nameOf(path)
  for (const { title, name } of banners) {
    const found = title.exec(head)
    const version = found?.[1]
    if (found === null || version === undefined) continue
    const start = found.index + found[0].lastIndexOf(version)
    const library = typeof name === 'string' ? name : name(file, found[0])
    return library === null ? null : { name: library, version, start, end: start + version.length }
  }
  return readFileName(file, head)
}

const version = '(\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}(?:-(?:alpha|beta|rc)[.\\d-]{0,10})?)'

/** At the very start of a comment that opens the file, after nothing but tags and white space. */
const opening = '^\\uFEFF?[\\s;!]{0,20}/[*/][\\s*!/=]{0,100}(?:@(?:license|preserve)[\\s*]{1,20})?'

/** What may come after a version that ends its sentence: in prose about a library it goes on. */
const ending = [
  '(?=[ \\t]{0,4}(?:$|[\\r\\n|(©*]|-(?!alpha|beta|rc)|\\d{4}-\\d|Copyright|, a JS library|',
  'https?:|[\\w-]{1,30}\\.(?:com|org|net|io)\\b))',
].join('')

interface Banner {
  title: RegExp
  name: string | ((file: string, banner: string) => string | null)
}

const banner = (name: Banner['name'], title: string): Banner => ({
  name,
  title: new RegExp(
    opening + title.replace(/<version>$/, `$&${ending}`).replace('<version>', version),
  ),
})

/** The first that fits counts. */
const banners: readonly Banner[] = [
  banner('jquery', 'jQuery (?:JavaScript Library )?v?<version>'),
  banner('jquery-ui', 'jQuery UI (?:- )?v?<version>'),
  banner('jquery-validation', 'jQuery Validation Plugin (?:- )?v?<version>'),
  banner('jquery-migrate', 'jQuery Migrate (?:- )?v?<version>'),
  banner('jquery-mobile', 'jQuery Mobile (?:- )?v?<version>'),
  banner('bootstrap', 'Bootstrap v?<version>'),
  banner('bootstrap', 'bootstrap-(?:affix|alert|modal|transition)\\.js v?<version>'),
  banner(partOfAngular, 'AngularJS v?<version>'),
  banner('lodash', '(?:lodash|Lo-Dash) v?<version>'),
  banner('lodash', "Lodash <https?://lodash\\.com/>[\\s\\S]{0,1200}?\\bVERSION = '<version>'"),
  banner('underscore', 'Underscore\\.js v?<version>'),
  banner('backbone', 'Backbone\\.js v?<version>'),
  banner('moment', 'moment\\.js\\s{1,4}//! version : <version>'),
  banner('moment-timezone', 'moment-timezone\\.js\\s{1,4}//! version : <version>'),
  banner('handlebars', '(?:@license\\s{1,4})?handlebars v?<version>'),
  banner('vue', '(?:Vue\\.js|vue) v?<version>'),
  banner(
    'react-dom',
    'React(?:DOM)? v?<version>\\s[\\s*]{0,10}react-dom\\.(?:production|development)',
  ),
  banner('react', 'React v?<version>\\s[\\s*]{0,10}react\\.(?:production|development)'),
  banner('react-dom', 'ReactDOM v?<version>'),
  banner('dompurify', 'DOMPurify v?<version>'),
  banner('tinymce', 'TinyMCE version <version>'),
  banner('knockout', 'Knockout JavaScript library v?<version>'),
  banner('datatables.net', 'DataTables v?<version>'),
  banner('select2', 'Select2 v?<version>'),
  banner('chart.js', 'Chart\\.js v?<version>'),
  banner('axios', '[Aa]xios v?<version>'),
  banner('highlight.js', '[Hh]ighlight\\.js v?<version>'),
  banner('leaflet', 'Leaflet v?<version>'),
  banner('marked', 'marked v?<version>'),
  banner('showdown', 'showdown v? ?<version>'),
]

/** All of its modules open with the same words. */
function partOfAngular(file: string): string | null {
  const [, part] = /^(angular-[a-z-]+?)(?:[.-]\d|\.min|\.js)/i.exec(file) ?? []
  return part?.toLowerCase() ?? 'angular'
}

/** `jquery-1.8.3.min.js`, where no comment says what the file is. */
function readFileName(file: string, head: string): JavascriptLibrary | null {
  const [, spelled = '', version] = fileName.exec(file) ?? []
  const name = spelled.toLowerCase()
  if (version === undefined || saysOther(head, name)) return null
  return { name: name === 'purify' ? 'dompurify' : name, version, start: 0, end: 0 }
}

const fileName = new RegExp(
  [
    '^(jquery|jquery-ui|jquery-migrate|bootstrap|angular|lodash|underscore|backbone|moment|',
    'handlebars|vue|knockout|dompurify|purify|select2|axios)',
    '[.-]v?(\\d{1,4}\\.\\d{1,4}\\.\\d{1,4})',
    '(?:[.-](?:min|slim|pack|custom|full|bundle|global|prod)){0,9}\\.js$',
  ].join(''),
  'i',
)

/** A plugin may carry the name of what it extends: its own words come first. */
function saysOther(head: string, name: string): boolean {
  const [comment] = /^\s{0,20}\/\*[\s\S]{0,400}/.exec(head) ?? []
  return comment !== undefined && !comment.toLowerCase().includes(name)
}
