import { defineConfig } from 'vite'

/** A sandboxed preload script cannot be an ES module and can require only Electron: one CommonJS file. */
export default defineConfig({
  build: {
    target: 'es2024',
    outDir: 'dist/desktop',
    emptyOutDir: false,
    sourcemap: true,
    minify: false,
    lib: { entry: 'src/preload/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rollupOptions: { external: ['electron'] },
  },
})
