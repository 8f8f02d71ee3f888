const reasons = {
  'wrong-host': {
    title: 'Not this address',
    text: 'Porthole answers only at the address in the link that it printed.',
  },
  'wrong-method': { title: 'Not a page', text: 'Porthole only shows pages here.' },
  'used-link': {
    title: 'This link was used',
    text: 'Each link lets one browser in, once. Press Enter where Porthole runs to get a fresh one.',
  },
  'no-cookie': {
    title: 'Open the link first',
    text: 'Open the link that Porthole printed when it started, or press Enter there to get a fresh one.',
  },
  'not-found': { title: 'Nothing here', text: 'Porthole has no such page.' },
} as const

/** A page of its own, because the app's files are only for those who were let in. */
export function refusalPage(reason: keyof typeof reasons): string {
  const { title, text } = reasons[reason]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title} · Porthole</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 13px/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; margin: 0;
    background: light-dark(#fcfdfd, #101419); color: light-dark(#17212a, #e2e8ed); }
  main { max-width: 44ch; padding: 24px; }
  h1 { font-size: 18px; font-weight: 600; margin: 0 0 8px; }
  p { margin: 0; color: light-dark(#46525d, #a9b2ba); }
</style>
<main><h1>${title}</h1><p>${text}</p></main>
</html>
`
}
