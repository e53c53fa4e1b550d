const fs = require('fs')
const path = require('path')
const AdmZip = require('adm-zip')
const unzipper = require('unzipper')
const yauzl = require('yauzl')

function unpack(file, folder) {
  for (const entry of new AdmZip(file).getEntries()) {
    fs.writeFileSync(path.join(folder, entry.entryName), entry.getData()) // expect: path-traversal
    fs.writeFileSync(path.join(folder, path.basename(entry.entryName)), '') // ok: the last part
  }
  fs.createReadStream(file)
    .pipe(unzipper.Parse())
    .on('entry', (entry) => {
      entry.pipe(fs.createWriteStream('out/' + entry.path)) // expect: path-traversal
    })
  yauzl.open(file, {}, (error, zip) => {
    zip.on('entry', (entry) => {
      const target = path.resolve(folder, entry.fileName)
      if (!target.startsWith(path.resolve(folder) + path.sep)) throw new Error('outside')
      fs.createWriteStream(target) // ok: checked to lie below the folder
    })
  })
}

module.exports = unpack
