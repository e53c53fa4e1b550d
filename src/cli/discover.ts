// `panthera discover …`: finds certificates where they are in use.
import { defineCommand } from 'citty'
import { files } from './discover-files.ts'
import { tls } from './discover-tls.ts'

export const discover = defineCommand({
  meta: {
    name: 'discover',
    description: 'Find certificates on servers and in files, and what is wrong with them',
  },
  subCommands: { tls, files },
})
