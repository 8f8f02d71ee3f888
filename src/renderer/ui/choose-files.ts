/**
 * The file chooser of this system; without an answer when the person thinks
 * better of it. To be called from a click or a key. The page gets the files and
 * never their paths.
 * @param accept endings and media types, as `<input accept>` has them
 */
export function chooseFiles(accept: string, { multiple = false } = {}): Promise<File[]> {
  const { promise, resolve } = Promise.withResolvers<File[]>()
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = multiple
  input.accept = accept
  input.addEventListener('change', () => resolve([...(input.files ?? [])]))
  input.addEventListener('cancel', () => resolve([]))
  input.click()
  return promise
}
