import type { ErrorValue } from '../../contract/errors.ts'
import { type SessionEnd, sessionEndOf } from '../data-channel/channel-closed.ts'

/** Sentences of the plugin's own, in front of which it prints no banner. */
const pluginComplaint = /(?:Cannot perform start session|Session): [^\r\n]*$/

/**
 * Why a session of the plugin is over, from what it said last: its exit code is
 * 0 whatever happened.
 * @param words untrusted text, as `PluginBannerFilter.lastWords` has it
 */
export function endFromPluginWords(words: string, awsSessionId: string, wasReady: boolean): SessionEnd {
  if (words.startsWith(`Exiting session with sessionId: ${awsSessionId}`)) return sessionEndOf('', wasReady)
  const closed = `SessionId: ${awsSessionId} : `
  if (words.startsWith(closed)) return sessionEndOf(words.slice(closed.length).trim(), wasReady)
  if (words.startsWith(`Session: ${awsSessionId} timed out.`))
    return { reason: 'lost', error: overMeanwhile(words) }
  if (!wasReady) return { reason: 'failed', error: { ...whyNotStarted(words), detail: words || undefined } }
  return { reason: 'lost', error: pluginLost(words) }
}

const troubles: readonly { words: RegExp; error: Omit<ErrorValue, 'detail'> }[] = [
  {
    words: /cannot perform start session: eof/i,
    error: {
      code: 'PLUGIN_FAILED',
      message: 'session-manager-plugin found no terminal to work on.',
      action: 'Try again, or choose the built-in engine in the settings.',
      retryable: true,
    },
  },
  {
    words: /nocredentialproviders|no valid providers in chain|failed to sign websocket/i,
    error: {
      code: 'CREDENTIALS_EXPIRED',
      message: 'session-manager-plugin had no credentials that it could use.',
      action: 'Sign in again, then connect again.',
      retryable: true,
    },
  },
  {
    words: /cannot be opened|cannot be verified|not verified|killed: 9/i,
    error: {
      code: 'PLUGIN_UNSUPPORTED',
      message: 'macOS does not let this session-manager-plugin run.',
      action:
        'Install version 1.2.814.0 or newer, which AWS has had notarised, or choose the built-in engine.',
      retryable: false,
    },
  },
  {
    // What a shell says of a program that is not there.
    words:
      /session-manager-plugin: (?:not found|no such file or directory)|sessionmanagerplugin is not found/i,
    error: {
      code: 'PLUGIN_MISSING',
      message: 'session-manager-plugin is not there any more.',
      action: 'Install it, or choose the built-in engine in the settings.',
      retryable: false,
    },
  },
]

function whyNotStarted(words: string): Omit<ErrorValue, 'detail'> {
  return (
    troubles.find((trouble) => trouble.words.test(words))?.error ?? {
      code: 'PLUGIN_FAILED',
      message: 'session-manager-plugin ended before the shell started.',
      action: 'Try again, or choose the built-in engine in the settings.',
      retryable: true,
    }
  )
}

/** The plugin's word for a ResumeSession without a token. */
function overMeanwhile(detail: string): ErrorValue {
  return {
    code: 'CONNECTION_LOST',
    message: 'The session ended while the connection was broken.',
    detail,
    action: 'Open a new session to the container.',
    retryable: true,
  }
}

function pluginLost(words: string): ErrorValue {
  return {
    code: 'CONNECTION_LOST',
    message: 'session-manager-plugin lost the session.',
    detail: pluginComplaint.exec(words)?.[0],
    action: 'Open a new session to the container.',
    retryable: true,
  }
}
