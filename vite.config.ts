import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The page, the same for every host. Hosts serve `dist/renderer` as static files. */
export default defineConfig({
  root: 'src/renderer',
  // The desktop host serves the page from a scheme of its own, so no absolute paths.
  base: './',
  plugins: [react()],
  build: {
    outDir: '../../dist/renderer',
    emptyOutDir: true,
    // Both hosts bring a current Chromium or a current browser.
    target: 'es2024',
    sourcemap: true,
    // The page's policy allows fonts from files only, never from data URLs.
    assetsInlineLimit: 0,
    // The inline preload helper would need an inline script.
    modulePreload: { polyfill: false },
    // xterm.js with its addons is half a megabyte and loaded with the first terminal; the page comes from this computer.
    chunkSizeWarningLimit: 700,
  },
})
