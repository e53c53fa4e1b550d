const crypto = require('crypto')

const resetToken = Math.random().toString(36).slice(2) // expect: insecure-random
function generatePassword() {
  let text = ''
  for (let i = 0; i < 8; i++) text += letters[Math.floor(Math.random() * letters.length)] // expect: insecure-random
  return text
}
const user = { apiKey: 'k-' + Math.random() } // expect: insecure-random
const delayMs = 1000 + Math.random() * 500 // ok: nothing that must not be guessed
const colour = colours[Math.floor(Math.random() * colours.length)] // ok: nothing that must not be guessed
const sessionToken = crypto.randomBytes(32).toString('hex') // ok: a cryptographic generator
