const { BrowserWindow } = require('electron')

new BrowserWindow({ webPreferences: { nodeIntegration: true } }) // expect: renderer-isolation-off
new BrowserWindow({ webPreferences: { contextIsolation: false } }) // expect: renderer-isolation-off
new BrowserWindow({ width: 800, webPreferences: { webSecurity: false } }) // expect: renderer-isolation-off
new BrowserWindow({ webPreferences: { preload: script } }) // ok: the defaults
new BrowserWindow({ webPreferences: { nodeIntegration: false, contextIsolation: true } }) // ok: on
new BrowserWindow({ width: 800 }) // ok: the defaults
