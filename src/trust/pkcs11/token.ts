// One token: logged in to once, with a few sessions that take turns, and found again after it was
// taken away.
import { createHash } from 'node:crypto'
import type { Handle, PKCS11 } from 'pkcs11js'
import { asTokenFault, isLost, returnValueOf, TokenFault } from './fault.ts'
import type { Libraries } from './library.ts'

export interface TokenAccess {
  library: string
  tokenLabel: string
  pin: string
}

export interface Session {
  pkcs11: PKCS11
  handle: Handle
  slot: Handle
  /** Handles of keys by their id; they do not outlive the login. */
  keys: Map<string, Handle>
}

export interface Tokens {
  /** Runs in a session that is logged in; once more, anew, where the token was lost. */
  use<Result>(
    access: TokenAccess,
    what: string,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result>
}

/** Each call of a token holds a thread of the process while it runs, of four by default. */
const sessionsMax = 2
/** A PIN that was wrong is not tried again for so long: tokens lock themselves. */
const wrongPinMs = 10 * 60_000
/** So many wrong ones within that time, whoever gives them; few tokens lock after two. */
const wrongPinsMax = 2
const userType = 1
const readWriteSerial = 2 | 4
const alreadyLoggedIn = 0x100
const pinIncorrect = 0xa0

interface Open {
  pkcs11: PKCS11
  slot: Handle
  keys: Map<string, Handle>
  pin: string
  /** Keeps the login while no other session is open. */
  login: Handle
  idle: Handle[]
}

interface State {
  open: Open | null
  busy: number
  waiting: (() => void)[]
  /** Until when each is not tried again. */
  wrong: Map<string, number>
  /** The one that was right last: it goes on, whatever others try. */
  right: string | null
}

export function createTokens(libraries: Libraries, now: () => number, patienceMs = 30_000): Tokens {
  const states = new Map<string, State>()

  async function opened(access: TokenAccess, state: State): Promise<Open> {
    const pin = digest(access.pin)
    if (state.open !== null && state.open.pin === pin) return state.open
    requireTriable(state, pin, now())
    const { pkcs11 } = await libraries(access.library)
    // A login is the whole process's: who comes with another PIN has to prove it.
    close(state)
    const slot = slotOf(pkcs11, access.tokenLabel)
    const login = pkcs11.C_OpenSession(slot, readWriteSerial)
    try {
      signIn(pkcs11, login, access.pin)
    } catch (error) {
      closeQuietly(pkcs11, login)
      if (returnValueOf(error) === pinIncorrect) remember(state, pin, now())
      throw error
    }
    state.right = pin
    state.open = { pkcs11, slot, keys: new Map(), pin, login, idle: [] }
    return state.open
  }

  async function once<Result>(
    access: TokenAccess,
    state: State,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const open = await opened(access, state)
    const { pkcs11, slot, keys } = open
    const handle = open.idle.pop() ?? pkcs11.C_OpenSession(slot, readWriteSerial)
    try {
      const result = await work({ pkcs11, handle, slot, keys })
      if (state.open === open) open.idle.push(handle)
      else closeQuietly(pkcs11, handle)
      return result
    } catch (error) {
      // Whatever it was in the middle of ends with it.
      closeQuietly(pkcs11, handle)
      if (isLost(error) && state.open === open) close(state)
      throw error
    }
  }

  return {
    async use(access, what, work) {
      const state = stateOf(states, access)
      const attempt = async () => {
        try {
          return await once(access, state, work)
        } catch (error) {
          if (!isLost(error)) throw error
          return once(access, state, work)
        }
      }
      try {
        await enter(state, patienceMs)
        // Whoever gives up waiting leaves the place to the call that still runs.
        const done = attempt().finally(() => leave(state))
        return await inTime(done, patienceMs)
      } catch (error) {
        throw asTokenFault(error, what)
      }
    },
  }
}

function requireTriable({ wrong, right }: State, pin: string, now: number): void {
  for (const [each, until] of wrong) if (until <= now) wrong.delete(each)
  if (wrong.has(pin)) {
    throw new TokenFault('wrong_pin', 'the token did not accept this PIN: change it')
  }
  if (wrong.size < wrongPinsMax || pin === right) return
  const minutes = wrongPinMs / 60_000
  const message = `${wrong.size} wrong PINs were given: the next is tried ${minutes} minutes later`
  throw new TokenFault('wrong_pin', `${message}, so that the token does not lock itself`)
}

function remember(state: State, pin: string, now: number): void {
  if (state.right === pin) state.right = null
  state.wrong.set(pin, now + wrongPinMs)
}

function stateOf(states: Map<string, State>, { library, tokenLabel }: TokenAccess): State {
  const name = `${library}\n${tokenLabel}`
  const known = states.get(name)
  if (known !== undefined) return known
  const made: State = { open: null, busy: 0, waiting: [], wrong: new Map(), right: null }
  states.set(name, made)
  return made
}

/** Throws TokenFault for a token that takes longer; what it does goes on. */
async function inTime<Result>(work: Promise<Result>, patienceMs: number): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = () => reject(new TokenFault('failed', 'the token does not answer in time'))
  const timer = setTimeout(late, patienceMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
    // It may still fail, with nobody left to hear of it.
    work.catch(() => undefined)
  }
}

async function enter(state: State, patienceMs: number): Promise<void> {
  if (state.busy < sessionsMax) {
    state.busy += 1
    return
  }
  const turn = Promise.withResolvers<void>()
  state.waiting.push(turn.resolve)
  try {
    await inTime(turn.promise, patienceMs)
  } catch (error) {
    const at = state.waiting.indexOf(turn.resolve)
    // The turn may have come in the same moment: then it is somebody else's.
    if (at < 0) leave(state)
    else state.waiting.splice(at, 1)
    throw error
  }
}

/** Who waits takes the place over, so that nobody slips in between. */
function leave(state: State): void {
  const next = state.waiting.shift()
  if (next === undefined) state.busy -= 1
  else next()
}

function signIn(pkcs11: PKCS11, session: Handle, pin: string): void {
  try {
    pkcs11.C_Login(session, userType, pin)
  } catch (error) {
    if (returnValueOf(error) !== alreadyLoggedIn) throw error
    // By whom is not known here: whoever asks shows the PIN.
    pkcs11.C_Logout(session)
    pkcs11.C_Login(session, userType, pin)
  }
}

function slotOf(pkcs11: PKCS11, label: string): Handle {
  for (const slot of pkcs11.C_GetSlotList(true)) {
    if (labelOf(pkcs11, slot) === label) return slot
  }
  throw new TokenFault('no_token', `no token of the library has the label "${label}"`)
}

/** Null for a slot that does not tell. */
function labelOf(pkcs11: PKCS11, slot: Handle): string | null {
  try {
    return pkcs11.C_GetTokenInfo(slot).label.replace(/[\s\0]+$/, '')
  } catch {
    return null
  }
}

function close(state: State): void {
  const { open } = state
  state.open = null
  if (open === null) return
  for (const handle of [...open.idle, open.login]) closeQuietly(open.pkcs11, handle)
}

/** A session of a token that is gone cannot be closed, and need not be. */
function closeQuietly(pkcs11: PKCS11, session: Handle): void {
  try {
    pkcs11.C_CloseSession(session)
  } catch {
    return
  }
}

function digest(pin: string): string {
  return createHash('sha256').update(pin).digest('base64')
}
