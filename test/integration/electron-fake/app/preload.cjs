// Runs apart from the page and does what its page asks, so that a test can see both sides.
const { ipcRenderer } = require('electron')

ipcRenderer.on('port-for-page', (event, message) => {
  window.postMessage({ portForPage: message }, window.location.origin, [...event.ports])
})

window.addEventListener('message', async (event) => {
  if (event.source !== window) return
  const { send, invoke, post } = event.data
  if (send !== undefined) ipcRenderer.send(send.channel, ...send.args)
  if (post !== undefined) ipcRenderer.postMessage(post.channel, post.message, [...event.ports])
  if (invoke !== undefined) {
    const answer = await ipcRenderer.invoke(invoke.channel, ...invoke.args).then(
      (value) => ({ value }),
      (error) => ({ error: error.message }),
    )
    window.postMessage({ answer }, window.location.origin)
  }
})

ipcRenderer.send('preload-ran', {
  address: location.href,
  origin: window.origin,
  isTop: window.top === window,
})
