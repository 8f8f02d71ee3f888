import { openPage } from '../../ui/web-page.ts'

/** Follows a link in a terminal: only with Ctrl or Cmd held, because a click there usually means something else. */
export function openLink(event: MouseEvent, text: string): void {
  if (event.ctrlKey || event.metaKey) openPage(text)
}
