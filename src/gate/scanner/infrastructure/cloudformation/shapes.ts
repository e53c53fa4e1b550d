// Where Terraform does not only name things otherwise, but arranges them otherwise.
import {
  entryAt,
  entryOf,
  extended,
  itemsAt,
  list,
  made,
  mapAt,
  scalar,
  textAt,
  valueAt,
} from '../mapping.ts'
import type { Entry, Mapping, Value } from '../resource.ts'

export interface Shape {
  /** Of the resource with its properties renamed. */
  body?: (body: Mapping) => Mapping
  /** What Terraform makes a resource of its own; `self` refers to this one. */
  beside?: (body: Mapping, self: Value) => { type: string; body: Mapping }[]
}

export const shapes: Readonly<Record<string, Shape>> = {
  aws_s3_bucket: {
    body: (body) => extended(body, { acl: cannedAcl(body), versioning: versioningOf(body) }),
    beside(body, self) {
      const block = entryAt(body, 'public_access_block_configuration')
      if (block?.value.kind !== 'map') return []
      const own = extended({ ...block.value, place: block.place }, { bucket: entryOf(self) })
      return [{ type: 'aws_s3_bucket_public_access_block', body: own }]
    },
  },
  aws_security_group: {
    body: (body) =>
      extended(body, {
        ingress: rulesIn(body, 'security_group_ingress'),
        egress: rulesIn(body, 'security_group_egress'),
      }),
  },
  aws_ecr_repository: { beside: ownPolicy('aws_ecr_repository_policy') },
  aws_efs_file_system: { beside: ownPolicy('aws_efs_file_system_policy') },
  aws_iam_role: { beside: inlinePolicies },
  aws_iam_group: { beside: inlinePolicies },
  aws_lb: { body: withAttributes },
  aws_lambda_function: { body: withEnvironment },
  aws_ecs_task_definition: { body: withContainers },
  aws_elasticsearch_domain: { body: withLogs },
  aws_opensearch_domain: { body: withLogs },
  aws_eks_cluster: { body: withClusterLogs },
  aws_kinesis_firehose_delivery_stream: {
    body: (body) => {
      const given = entryAt(body, 'server_side_encryption')
      if (given?.value.kind !== 'map') return body
      const value = extended(given.value, { enabled: entryOf(scalar(true, given.place)) })
      return extended(body, { server_side_encryption: { ...given, value } })
    },
  },
}

/** `PublicRead` -> `public-read`. */
function cannedAcl(body: Mapping): Entry | undefined {
  const acl = entryAt(body, 'acl')
  const name = textAt(body, 'acl')
  if (acl === undefined || name === null) return undefined
  const dashed = name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()
  return { ...acl, value: { ...acl.value, kind: 'scalar', value: dashed } }
}

function versioningOf(body: Mapping): Entry | undefined {
  const versioning = entryAt(body, 'versioning')
  const status = valueAt(versioning?.value, 'status')
  if (versioning === undefined || status?.kind !== 'scalar') return undefined
  const enabled = scalar(status.value === 'Enabled', versioning.place)
  return { ...versioning, value: made({ enabled }, versioning.place) }
}

/** A policy that is a property here is a resource of its own there. */
function ownPolicy(type: string): NonNullable<Shape['beside']> {
  return (body) => {
    const policy = entryAt(body, 'policy')
    return policy === undefined ? [] : [{ type, body: { ...body, place: policy.place } }]
  }
}

/** `CidrIp` of each rule is one of the `cidr_blocks` of Terraform. */
function rulesIn(body: Mapping, name: string): Entry | undefined {
  const entry = entryAt(body, name)
  if (entry === undefined) return undefined
  const rules = itemsAt(entry.value).map((rule) => {
    if (rule.kind !== 'map') return rule
    const blocks = (key: string): Entry | undefined => {
      const cidr = entryAt(rule, key)
      return cidr && { ...cidr, value: list([cidr.value], cidr.place) }
    }
    return extended(rule, {
      protocol: entryAt(rule, 'ip_protocol'),
      cidr_blocks: blocks('cidr_ip'),
      ipv6_cidr_blocks: blocks('cidr_ipv6'),
    })
  })
  return { ...entry, value: list(rules, entry.place) }
}

function inlinePolicies(body: Mapping): { type: string; body: Mapping }[] {
  return ['inline_policies', 'policies'].flatMap((key) =>
    itemsAt(body, key).flatMap((item) => {
      const policy = entryAt(item, 'policy_document')
      if (item.kind !== 'map' || policy === undefined) return []
      return [{ type: 'aws_iam_role_policy', body: extended(item, { policy }) }]
    }),
  )
}

/** Texts by dotted names, which are attributes and blocks in Terraform. */
const attributes: Readonly<Record<string, readonly [string, string?]>> = {
  'access_logs.s3.enabled': ['access_logs', 'enabled'],
  'routing.http.drop_invalid_header_fields.enabled': ['drop_invalid_header_fields'],
  'routing.http.desync_mitigation_mode': ['desync_mitigation_mode'],
  'deletion_protection.enabled': ['enable_deletion_protection'],
}

function withAttributes(body: Mapping): Mapping {
  const added: Record<string, Entry> = {}
  for (const item of itemsAt(body, 'load_balancer_attributes')) {
    const name = textAt(item, 'key')
    if (name === null && item.kind !== 'map') return { ...body, open: true }
    const [outer, inner] = attributes[name ?? ''] ?? []
    const value = valueAt(item, 'value')
    if (outer === undefined || value === undefined) continue
    added[outer] = {
      value: inner ? made({ [inner]: value }, item.place) : value,
      place: item.place,
    }
  }
  const scheme = entryAt(body, 'scheme')
  const isInternal = textAt(body, 'scheme') === 'internal'
  if (scheme?.value.kind === 'unknown') added.internal = scheme
  else if (isInternal && scheme) added.internal = { ...scheme, value: scalar(true, scheme.place) }
  return extended(body, added)
}

/** Functions of the serverless model name the tracing mode alone. */
function withEnvironment(body: Mapping): Mapping {
  const variables = entryAt(body, 'environment', 'Variables')
  if (variables === undefined) return body
  return extended(body, {
    environment: entryOf(made({ variables: variables.value }, variables.place)),
  })
}

/** Containers are written as in the service's own JSON, which begins names with small letters. */
function withContainers(body: Mapping): Mapping {
  const entry = entryAt(body, 'container_definitions')
  if (entry === undefined) return body
  const done = new Map<Value, Value>()
  const items = itemsAt(entry.value).map((item) => lowered(item, 0, done))
  return extended(body, { container_definitions: { ...entry, value: list(items, entry.place) } })
}

const depthMax = 10

/** `done` keeps shared what aliases share. */
function lowered(value: Value, depth: number, done: Map<Value, Value>): Value {
  if (depth > depthMax || (value.kind !== 'list' && value.kind !== 'map')) return value
  const known = done.get(value)
  if (known !== undefined) return known
  const result: Value =
    value.kind === 'list'
      ? { ...value, items: value.items.map((item) => lowered(item, depth + 1, done)) }
      : { ...value, entries: loweredEntries(value, depth, done) }
  done.set(value, result)
  return result
}

function loweredEntries(map: Mapping, depth: number, done: Map<Value, Value>): Map<string, Entry> {
  const entries = Array.from(map.entries, ([key, entry]) => {
    const name = key.slice(0, 1).toLowerCase() + key.slice(1)
    return [name, { ...entry, value: lowered(entry.value, depth + 1, done) }] as const
  })
  return new Map(entries)
}

/** `AUDIT_LOGS: { … }` is a block with its name as `log_type` in Terraform. */
function withLogs(body: Mapping): Mapping {
  const entry = entryAt(body, 'log_publishing_options')
  if (entry?.value.kind !== 'map') return body
  const items = Array.from(entry.value.entries, ([name, { value, place }]) => {
    const type = entryOf(scalar(name.toUpperCase(), place))
    return value.kind === 'map' ? extended(value, { log_type: type }) : value
  })
  return extended(body, { log_publishing_options: { ...entry, value: list(items, entry.place) } })
}

function withClusterLogs(body: Mapping): Mapping {
  const logging = mapAt(body, 'logging', 'cluster_logging')
  if (logging === null) return body
  const types = itemsAt(logging, 'enabled_types').map(
    (item) =>
      valueAt(item, 'type') ?? { kind: 'unknown' as const, place: item.place, references: [] },
  )
  const entry = { value: list(types, logging.place), place: logging.place }
  return extended(body, { enabled_cluster_log_types: entry })
}
