import type { UserDescription } from '../../world/world-types.ts'

/**
 * The pages a person sees in the browser. No scripts; names that came from a
 * client are escaped, because whoever registers chooses them.
 */

const style = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #17202a; --soft: #5a6672; --line: #d9dee4;
  --inset: #f0f2f5; --accent: #1d63d1; --accent-text: #fff }
@media (prefers-color-scheme: dark) { :root { --page: #0f1419; --card: #171d24; --text: #e3e8ee; --soft: #98a4b1;
  --line: #2c3641; --inset: #10161c; --accent: #5b9bf3; --accent-text: #0b1118 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--page);
  color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif }
main { width: 100%; max-width: 420px; background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 28px 30px 30px }
.portal { margin: 0 0 18px; font-size: 13px; color: var(--soft) }
h1 { margin: 0 0 8px; font-size: 20px; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere }
p { margin: 0 0 16px; color: var(--soft) }
.code { margin: 0 0 8px; padding: 18px; border-radius: 8px; background: var(--inset); border: 1px solid var(--line);
  text-align: center; font: 600 28px/1 ui-monospace, "SF Mono", Menlo, Consolas, monospace; letter-spacing: .08em;
  color: var(--text) }
label { display: block; margin: 0 0 5px; font-size: 13px; font-weight: 500 }
select, input { width: 100%; height: 38px; padding: 0 10px; border-radius: 6px; border: 1px solid var(--line);
  background: var(--inset); color: var(--text); font: inherit }
.buttons { display: flex; gap: 10px; margin-top: 20px }
button { flex: 1; height: 38px; border-radius: 6px; border: 1px solid var(--line); background: transparent;
  color: var(--text); font: inherit; font-weight: 500; cursor: pointer }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-text) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
`

export interface ApprovalForm {
  action: string
  /** Hidden field that ties the decision to one request; unguessable, so it is the CSRF token too. */
  requestId: string
  clientName: string
  users: readonly UserDescription[]
  /** Device flow only. */
  userCode?: string
}

export function approvalPage(form: ApprovalForm): string {
  const code = form.userCode
    ? `<p>Allow only if the app shows exactly this code.</p><div class="code">${escapeHtml(form.userCode)}</div>`
    : ''
  return page(
    'Allow access',
    `<h1>Allow ${escapeHtml(form.clientName)} to access your AWS accounts?</h1>
<p>It can then use the accounts and roles that are assigned to you.</p>${code}
<form method="post" action="${escapeHtml(form.action)}">
<input type="hidden" name="request" value="${escapeHtml(form.requestId)}">
<label for="user">Continue as</label>
<select id="user" name="user">${form.users.map(userOption).join('')}</select>
<div class="buttons"><button name="decision" value="deny">Deny</button>
<button class="primary" name="decision" value="allow">Allow</button></div></form>`,
  )
}

/** Asks for the code that a device shows, when the address did not bring it. */
export function codeEntryPage(unknownCode?: string): string {
  const problem = unknownCode
    ? `<p role="alert">The code ${escapeHtml(unknownCode)} is not known or has expired. Start again in the app.</p>`
    : ''
  return page(
    'Enter code',
    `<h1>Enter the code that the app shows</h1>${problem}
<form method="get" action="/device"><label for="code">Code</label>
<input id="code" name="user_code" autocomplete="off" autofocus required maxlength="20" placeholder="XXXX-XXXX">
<div class="buttons"><button class="primary">Next</button></div></form>`,
  )
}

export function messagePage(title: string, text: string): string {
  return page(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`)
}

/** Browsers check `form-action` against redirects too, so the app's loopback listener is named in it. */
export const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://127.0.0.1:* http://localhost:*; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

function userOption(user: UserDescription): string {
  return `<option value="${escapeHtml(user.name)}">${escapeHtml(`${user.name} (${user.displayName})`)}</option>`
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>
<style>${style}</style></head><body><main><div class="portal">example-corp · IAM Identity Center (sandbox)</div>${body}</main></body></html>`
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
