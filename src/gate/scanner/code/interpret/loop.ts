// Loops: the body is run until another round would change nothing, and only a few times.

import type { Loop } from '../ir/ir.ts'
import type { Value } from './domain.ts'
import { elementOf } from './elements.ts'

import type { Machine } from './machine.ts'
import { refine } from './refine.ts'
import type { Changes } from './store.ts'
import { joinTaints } from './taint.ts'
import { truth } from './value.ts'
import { writePlace } from './write.ts'

const roundsMax = 3
/** Within another loop, which repeats it anyway. */
const innerRoundsMax = 2
/** Rounds that are run one by one where the test is known each time. */
const exactRoundsMax = 12

export function executeLoop(machine: Machine, node: Loop, label: string | null): void {
  machine.execute(node.before)
  if (machine.dead) return
  const elements = node.each === null ? null : elementsOf(machine, node.each)
  const base = machine.store
  const ends: Changes[] = []
  machine.loops++
  const most = machine.isCoarse ? 1 : machine.loops > 1 ? innerRoundsMax : roundsMax
  const exactMax =
    machine.isCoarse || node.test?.op === 'constant' || machine.loops > 1 ? 0 : exactRoundsMax
  const head = base.fork()
  let isOver = false
  for (let round = 0, exact = 0; round < most && !isOver; ) {
    const { test, next, breaks } = runRound(machine, node, { head, label, elements, round })
    ends.push(...breaks.map((way) => over(head.changesSince(base), way)))
    if (test !== true && !(round === 0 && exact === 0 && node.atLeastOnce)) {
      ends.push(new Map(head.changesSince(base)))
    }
    const goesOn = next.length > 0
    const isExact = test === true && goesOn && elements === null && exact < exactMax
    if (isExact) {
      exact++
      head.merge(next)
      continue
    }
    round++
    isOver = !goesOn || next.every((way) => head.covers(way))
    if (!isOver) head.merge([new Map(), ...next])
    // A body that changes nothing is not run again, so that nobody asks the test behind it.
    else if (node.atLeastOnce && goesOn && !(node.test?.op === 'constant' && node.test.value)) {
      ends.push(new Map(head.changesSince(base)))
    }
    // What was known to go on was cut off here: what follows is still looked at.
    if (round >= most && node.test?.op !== 'constant') ends.push(new Map(head.changesSince(base)))
  }
  machine.loops--
  machine.store = base
  base.merge(ends)
  machine.dead = ends.length === 0
}

interface Round {
  head: Machine['store']
  label: string | null
  elements: Value | null
  round: number
}

/** One round on a fork of `head`. `test` is null where it is not known. */
function runRound(machine: Machine, node: Loop, { head, label, elements, round }: Round) {
  const target = machine.jumps.enter('loop', head, label)
  machine.store = head.fork()
  machine.dead = false
  const asked = node.test !== null && !(node.atLeastOnce && round === 0)
  let test: boolean | null = elements === null ? true : null
  if (asked && node.test !== null) {
    machine.statement = node.test
    test = truth(machine.evaluate(node.test))
  }
  const next: Changes[] = []
  if (test !== false) {
    if (asked && node.test !== null && test === null) refine(machine, node.test, true)
    if (node.each !== null && elements !== null) {
      writePlace(machine, node.each.into, elements, null)
    }
    machine.execute(node.body)
    goOn(machine, node, { head, target, next })
  }
  machine.jumps.leave()
  machine.dead = false
  return { test, next, breaks: target.breaks }
}

/** From the end of the body, and from each `continue`. */
function goOn(
  machine: Machine,
  node: Loop,
  {
    head,
    target,
    next,
  }: Pick<Round, 'head'> & {
    target: { continues: Changes[] }
    next: Changes[]
  },
): void {
  const ways = machine.dead ? [] : [machine.store.changesSince(head)]
  ways.push(...target.continues)
  if (ways.length === 0) return
  machine.store = head.fork()
  machine.store.merge(ways)
  machine.dead = false
  machine.execute(node.after)
  if (!machine.dead) next.push(machine.store.changesSince(head))
}

/** Changes since the head, on top of those that the head has seen. */
function over(earlier: Changes, later: Changes): Changes {
  return new Map([...earlier, ...later])
}

function elementsOf(machine: Machine, each: NonNullable<Loop['each']>): Value {
  machine.statement = each.from
  const from = machine.evaluate(each.from)
  return each.what === 'elements' ? elementOf(machine, from) : keysOf(machine, from)
}

/** Names of fields are chosen by whoever made the object: what is tainted as a whole. */
function keysOf(machine: Machine, from: Value): Value {
  const taints = from.objects.reduce(
    (all, object) => joinTaints(all, machine.store.contents(object).taints),
    from.taints,
  )
  return { ...elementOf(machine, from), constants: null, prefix: null, objects: [], taints }
}
