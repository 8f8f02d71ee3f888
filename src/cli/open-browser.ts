import { spawn } from 'node:child_process'

/** Opens a page in the person's browser. Failing is fine: the link is printed too. */
export function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url]
  const child = spawn(program ?? '', args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
