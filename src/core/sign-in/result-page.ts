/** What the browser shows when it comes back from Identity Center. */
export type ResultPage = 'signed-in' | 'denied' | 'failed' | 'wrong-state' | 'not-here'

const texts: Record<ResultPage, { status: number; title: string; step: string }> = {
  'signed-in': {
    status: 200,
    title: 'Signed in to Porthole',
    step: 'Go back to Porthole. You can close this page.',
  },
  denied: {
    status: 403,
    title: 'Sign-in refused',
    step: 'Access was not allowed. Go back to Porthole to try again.',
  },
  failed: {
    status: 502,
    title: 'Sign-in failed',
    step: 'Porthole says why. Go back there to try again.',
  },
  'wrong-state': {
    status: 400,
    title: 'Not the sign-in that Porthole started',
    step: 'Nothing was changed. Go back to Porthole and start again.',
  },
  'not-here': {
    status: 404,
    title: 'Nothing here',
    step: 'Porthole uses this address for a moment while you sign in.',
  },
}

/** No part of the request is shown on the page, so nothing in it needs escaping. */
export function renderResultPage(page: ResultPage): { status: number; html: string } {
  const { status, title, step } = texts[page]
  const mark = page === 'signed-in' ? '<path d="M10 16.5l4 4 8-9"/>' : '<path d="M16 9.5v8M16 22v.5"/>'
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
:root { --ground: #fbfcfd; --text: #1d2530; --quiet: #566170; --line: #d6dce4 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14181e; --text: #e4e9ef; --quiet: #9aa6b4; --line: #2d3540 }
}
body {
  margin: 0; min-height: 100vh; display: grid; place-content: center; justify-items: center;
  background: var(--ground); color: var(--text);
  font: 13px/18px system-ui, -apple-system, "Segoe UI", Inter, sans-serif;
}
svg { fill: none; stroke: var(--quiet); stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round }
circle { stroke: var(--line) }
h1 { font-size: 18px; line-height: 24px; font-weight: 600; letter-spacing: -0.011em; margin: 16px 0 4px }
p { margin: 0; color: var(--quiet) }
</style>
</head>
<body>
<svg width="40" height="40" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="15"/>${mark}</svg>
<h1>${title}</h1>
<p>${step}</p>
</body>
</html>
`
  return { status, html }
}
