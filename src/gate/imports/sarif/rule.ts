// What a tool says about one of its rules (SARIF 2.1.0, reportingDescriptor, section 3.49).
import type { ScanType, Severity } from '../../scanner/finding.ts'
import type { Budget } from '../budget.ts'
import { DocumentError, wrongType } from '../document-error.ts'
import { isObject, type JsonObject, listOf, member, objectOf, textOf } from '../json/values.ts'
import {
  descriptionCharsMax,
  remediationCharsMax,
  ruleIdCharsMax,
  titleCharsMax,
} from '../limits.ts'
import { referencesOf } from '../references.ts'
import { clean, cleanLine, firstSentence } from '../text.ts'
import { messageText } from './message.ts'
import { scanTypeOfRule } from './scan-type.ts'
import { type Level, levels, securitySeverityOf } from './severity.ts'
import { cweOfProperties, cweOfTaxa } from './weakness.ts'

export interface Rule {
  id: string
  /** Null where its tool decides. */
  scanType: ScanType | null
  /** Null where the results must tell. */
  title: string | null
  description: string | null
  remediation: string
  references: string[]
  cweId: string | null
  level: Level | null
  securitySeverity: Severity | null
  messages: ReadonlyMap<string, string> | null
}

const messagesMax = 100

/** Throws DocumentError with the place. */
export function readRule(descriptor: unknown, place: string, budget: Budget): Rule {
  if (!isObject(descriptor)) throw wrongType(place, 'an object', descriptor)
  const { id } = descriptor
  if (typeof id !== 'string') throw wrongType(`${place}.id`, 'text', id)
  if (id.trim() === '') throw new DocumentError(`${place}.id is empty`)
  const properties = objectOf(descriptor.properties)
  const tags = listOf(properties.tags).filter((tag) => typeof tag === 'string')
  const texts = textsOf(descriptor)
  const rule: Rule = {
    id: cleanLine(id, ruleIdCharsMax),
    scanType: scanTypeOfRule({ id, tags }),
    ...texts,
    references: referencesOf([descriptor.helpUri, ...listOf(properties.references)]),
    cweId: cweOfTaxa(descriptor.relationships) ?? cweOfProperties(properties),
    level: levelOf(member(descriptor.defaultConfiguration, 'level')),
    securitySeverity: securitySeverityOf(properties['security-severity']),
    messages: messagesOf(descriptor.messageStrings),
  }
  budget.take(rule.id, rule.title, rule.description, rule.remediation, ...rule.references)
  budget.take(...(rule.messages?.values() ?? []))
  return rule
}

/** A result whose rule the tool does not describe. */
export function unknownRule(id: string): Rule {
  return {
    id: cleanLine(id, ruleIdCharsMax),
    scanType: scanTypeOfRule({ id, tags: [] }),
    title: null,
    description: null,
    remediation: '',
    references: [],
    cweId: null,
    level: null,
    securitySeverity: null,
    messages: null,
  }
}

export function levelOf(value: unknown): Level | null {
  return levels.find((level) => level === value) ?? null
}

function textsOf(descriptor: JsonObject) {
  const short = messageText(descriptor.shortDescription)
  const full = messageText(descriptor.fullDescription)
  const name = textOf(descriptor.name)
  // Semgrep repeats the id here.
  const isPlaceholder = short?.startsWith('Semgrep Finding:') ?? true
  const title = isPlaceholder ? (full === null ? spokenName(name) : firstSentence(full)) : short
  const help = textOf(member(descriptor.help, 'text'))
  return {
    title: title === null ? null : cleanLine(title, titleCharsMax),
    description: full === null ? null : clean(full, descriptionCharsMax),
    remediation: clean(
      help ?? textOf(member(descriptor.help, 'markdown')) ?? '',
      remediationCharsMax,
    ),
  }
}

/** `HardcodedPassword` becomes `Hardcoded password`; other names are no better than the id. */
function spokenName(name: string | null): string | null {
  if (name === null || !/^(?:[A-Z][a-z0-9]+){2,12}$/.test(name)) return null
  const words = name.replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words
}

function messagesOf(strings: unknown): ReadonlyMap<string, string> | null {
  if (!isObject(strings)) return null
  const found = new Map<string, string>()
  for (const [id, message] of Object.entries(strings).slice(0, messagesMax)) {
    const text = textOf(member(message, 'text')) ?? textOf(member(message, 'markdown'))
    if (text !== null) found.set(id, clean(text, descriptionCharsMax))
  }
  return found
}
