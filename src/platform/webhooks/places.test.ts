import { describe, expect, it } from 'vitest'
import { createPlaces, paceOf, placesMax } from './places.ts'

const delivery = (id: string, endpointId = 'a') => ({ id, endpointId })
const room = (places: ReturnType<typeof createPlaces>, endpointId = 'a') =>
  places.offer().rooms.get(endpointId)

describe('places', () => {
  it('offers an endpoint more with every quick answer, up to a bound', () => {
    const places = createPlaces(() => 0)
    expect(places.offer()).toMatchObject({ places: placesMax, roomDefault: 4 })
    for (let count = 0; count < 100; count += 1) {
      const each = delivery(`d${count}`)
      places.take(each)
      places.answered(each, 'quick')
      places.leave(each)
      expect(room(places)).toBe(Math.min(32, 5 + count))
    }
  })

  it('offers less after failures, but never nothing', () => {
    const places = createPlaces(() => 0)
    for (const id of ['1', '2', '3', '4']) {
      places.take(delivery(id))
      places.answered(delivery(id), 'strained')
    }
    expect(room(places)).toBe(2)
  })

  it('counts what is under way per endpoint, and what is not yet written in all', () => {
    const places = createPlaces(() => 0)
    for (const id of ['1', '2', '3']) places.take(delivery(id))
    expect(room(places)).toBe(1)
    places.answered(delivery('1'), 'steady')
    expect(room(places)).toBe(2)
    expect(places.offer().places).toBe(placesMax - 3)
    places.leave(delivery('1'))
    expect(places.offer().places).toBe(placesMax - 2)
  })

  it('takes a delivery once', () => {
    const places = createPlaces(() => 0)
    expect(places.take(delivery('1'))).toBe(true)
    expect(places.take(delivery('1'))).toBe(false)
    places.leave(delivery('1'))
    expect(places.isEmpty()).toBe(true)
  })

  it('says when an endpoint, or everything, was full', () => {
    const places = createPlaces(() => 0)
    for (const id of ['1', '2', '3', '4']) places.take(delivery(id))
    expect(places.answered(delivery('1'), 'steady')).toBe(true)
    expect(places.answered(delivery('2'), 'steady')).toBe(false)
    expect(places.leave(delivery('1'))).toBe(false)
    for (let count = 0; count < placesMax - 3; count += 1) {
      places.take(delivery(`more${count}`, `other${count}`))
    }
    expect(places.isFree()).toBe(false)
    expect(places.leave(delivery('2'))).toBe(true)
  })

  it('forgets an endpoint that was idle, not one with something under way', () => {
    let now = 0
    const places = createPlaces(() => now)
    places.take(delivery('1'))
    places.take(delivery('2', 'b'))
    places.answered(delivery('2', 'b'), 'strained')
    now = 60_001
    expect([...places.offer().rooms]).toEqual([['a', 3]])
  })
})

describe('pace', () => {
  it.each([
    [{ error: null, durationMs: 20 }, 'quick'],
    [{ error: null, durationMs: 3_000 }, 'steady'],
    [{ error: null, durationMs: 6_000 }, 'strained'],
    [{ error: 'bad_status', durationMs: 20 }, 'strained'],
  ])('%j is %s', (attempt, pace) => expect(paceOf(attempt)).toBe(pace))
})
