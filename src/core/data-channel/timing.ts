/** Every wait of the data channel, in milliseconds, so that a test can shorten one. */
export interface DataChannelTiming {
  readyLimit: number
  quietShellGrace: number
  firstConnectLimit: number
  reconnectLimit: number
  signInLimit: number
  attemptLimit: number
  firstFrameLimit: number
  firstRetryDelay: number
  maximumRetryDelay: number
  signInRetryDelay: number
  quietLimit: number
  awayGrace: number
  stallLimit: number
  pingInterval: number
  pongLimit: number
  probeLimit: number
  resizeSettle: number
  terminateLimit: number
  closeLimit: number
}

export const dataChannelTiming: DataChannelTiming = {
  /** From `start` to the first prompt. The agent alone takes 1 to 2 s, its handshake waits up to 15 s twice. */
  readyLimit: 35_000,
  /** A command without a prompt is ready when its first input was taken and no handshake followed for so long. */
  quietShellGrace: 2_000,
  /** Someone waits for the shell to open: long enough for a lost packet, not for a network that is down. */
  firstConnectLimit: 15_000,
  /**
   * A train in a tunnel, a changed network, a gateway being restarted: all are over by then. The interface says
   * when the next attempt comes and offers a new shell meanwhile. The plugin repeats its input for as long.
   */
  reconnectLimit: 5 * 60_000,
  /** While only a sign-in is missing, for as long as AWS keeps a session without input. */
  signInLimit: 20 * 60_000,
  /** For ResumeSession and the signature of one attempt; an answer that takes longer comes from a dead line. */
  attemptLimit: 10_000,
  /** The gateway speaks first, at once; an open socket without a word is a dead one. */
  firstFrameLimit: 10_000,
  /** Back-off between attempts doubles from the first to the maximum. */
  firstRetryDelay: 200,
  maximumRetryDelay: 5_000,
  /** Without a sign-in nothing is sent, only the token file is looked at; the sign-in itself asks at once. */
  signInRetryDelay: 5_000,
  /** A line that leaves input or a ping unanswered for so long deserves a word, not yet another connection. */
  quietLimit: 3_000,
  /** An agent that changes its own connection is away for a moment. */
  awayGrace: 1_000,
  /** Input unanswered for so long means that nobody is there; the agent may need 2 s before its first answer. */
  stallLimit: 30_000,
  /** Below the idle limits of load balancers and firewalls (60 s and more). */
  pingInterval: 25_000,
  pongLimit: 10_000,
  /** For the ping after sleep or a change of networks: a line that lives answers within a round trip. */
  probeLimit: 4_000,
  /** While a window is dragged, sizes come with every frame; the shell needs the last one. */
  resizeSettle: 60,
  /** Closing a tab does not wait longer than this for TerminateSession. */
  terminateLimit: 3_000,
  /** For the gateway's half of the closing handshake; then the socket is cut. */
  closeLimit: 1_000,
}
