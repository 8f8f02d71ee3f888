import { beforeEach, describe, expect, test } from 'vitest'
import { Player, type Timeline } from '../../../../src/renderer/features/replay/player.ts'

let now: number
let timeline: Timeline
let player: Player

const finished: Timeline = {
  duration: 60_000,
  skips: [{ from: 12_000, to: 40_000 }],
  markers: [
    { at: 5000, label: 'one' },
    { at: 45_000, label: 'two' },
  ],
  live: false,
  loading: false,
}

beforeEach(() => {
  now = 1_000_000
  timeline = finished
  player = new Player({ now: () => now }, () => timeline)
})

function pass(milliseconds: number): void {
  now += milliseconds
  player.tick()
}

describe('playing', () => {
  test('moves with the clock, times the speed', () => {
    pass(5000)
    expect(player.position).toBe(0)
    player.play()
    pass(1000)
    expect(player.position).toBe(1000)
    player.setSpeed(4)
    pass(1000)
    expect(player.position).toBe(5000)
  })

  test('skips idle time, or not', () => {
    player.seek(11_000)
    player.play()
    pass(2000)
    expect(player.position).toBe(41_000)
    player.seek(11_000)
    player.setSkipIdle(false)
    pass(2000)
    expect(player.position).toBe(13_000)
  })

  test('stops at the end, and begins anew from there', () => {
    player.seek(59_000)
    player.play()
    pass(5000)
    expect(player.position).toBe(60_000)
    expect(player.playing).toBe(false)
    player.play()
    expect(player.position).toBe(0)
    expect(player.playing).toBe(true)
  })

  test('stands still while paused, and does not catch up afterwards', () => {
    player.play()
    pass(1000)
    player.pause()
    pass(9000)
    player.play()
    pass(500)
    expect(player.position).toBe(1500)
  })

  test('a changed speed holds from now on only', () => {
    player.play()
    now += 1000
    player.setSpeed(8)
    expect(player.position).toBe(1000)
  })

  test('waits without moving while the screen catches up', () => {
    player.play()
    now += 3000
    player.hold()
    expect(player.position).toBe(0)
    pass(100)
    expect(player.position).toBe(100)
  })
})

describe('seeking', () => {
  test('stays inside the recording', () => {
    player.seek(-1)
    expect(player.position).toBe(0)
    player.seek(1e9)
    expect(player.position).toBe(60_000)
  })

  test('goes on playing from there', () => {
    player.play()
    player.seek(2000)
    pass(1000)
    expect(player.position).toBe(3000)
  })

  test('steps from where playing has got to', () => {
    player.play()
    now += 6000
    player.seekBy(-5000)
    expect(player.position).toBe(1000)
  })

  test('goes from marker to marker', () => {
    player.nextMarker()
    expect(player.position).toBe(5000)
    player.nextMarker()
    player.nextMarker()
    expect(player.position).toBe(45_000)
    player.previousMarker()
    expect(player.position).toBe(5000)
    player.previousMarker()
    expect(player.position).toBe(0)
  })

  test('back from a marker just passed goes to the one before it', () => {
    player.seek(45_000)
    player.play()
    pass(400)
    player.previousMarker()
    expect(player.position).toBe(5000)
  })
})

describe('a live recording', () => {
  beforeEach(() => {
    timeline = { ...finished, live: true }
  })

  test('is followed from its end, over pauses of any length', () => {
    player.follow()
    pass(1000)
    expect(player.position).toBe(60_000)
    timeline = { ...timeline, duration: 300_000 }
    pass(16)
    expect(player.position).toBe(300_000)
    expect(player.following).toBe(true)
  })

  test('is followed once playing has reached its end', () => {
    player.seek(59_500)
    player.play()
    pass(1000)
    expect(player.following).toBe(true)
    expect(player.playing).toBe(true)
  })

  test('is no longer followed after a seek or a pause', () => {
    player.follow()
    player.seekBy(-5000)
    expect(player.following).toBe(false)
    expect(player.playing).toBe(true)
    player.follow()
    player.pause()
    expect(player.following).toBe(false)
  })

  test('stops when the session is over', () => {
    player.follow()
    timeline = { ...timeline, live: false, duration: 61_000 }
    pass(16)
    expect(player.position).toBe(61_000)
    expect(player.playing).toBe(false)
    expect(player.following).toBe(false)
  })
})

test('playing does not stop at the end of what has been read so far', () => {
  timeline = { ...finished, duration: 1000, loading: true }
  player.play()
  pass(5000)
  expect(player.position).toBe(1000)
  expect(player.playing).toBe(true)
  timeline = finished
  pass(500)
  expect(player.position).toBe(1500)
})
