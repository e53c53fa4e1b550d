const libxmljs = require('libxmljs')

exports.upload = (req, res) => {
  const text = req.file.buffer.toString()
  libxmljs.parseXml(text, { noblanks: true, noent: true }) // expect: xxe
  libxmljs.parseXmlString(req.body, { noent: true }) // expect: xxe
  libxmljs.parseXml(text) // ok: entities stay as they are
  libxmljs.parseXml(text, { noent: false }) // ok: entities stay as they are
  libxmljs.parseXml('<a/>', { noent: true }) // ok: constant
  res.json({})
}
