const host = 'live.example.com'

new WebSocket('ws://live.example.com/updates') // expect: cleartext-transport
new WebSocket(`ws://${host}/updates`) // expect: cleartext-transport
const updates = new WebSocket('ws://' + host) // expect: cleartext-transport
new WebSocket('wss://live.example.com/updates') // ok: encrypted
new WebSocket('ws://localhost:8080') // ok: this machine
new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}`) // ok: as the page
