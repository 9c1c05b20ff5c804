// The dashboard: web/ as few files in dist/web, which `lakeferry serve` hands out. Nothing in it is fetched from elsewhere.
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

// Whoever builds: with another, tests' for one, React's own checks would be in it, and half as much code again.
process.env.NODE_ENV = 'production'
await build({
  mode: 'production',
  root: fileURLToPath(new URL('../web', import.meta.url)),
  // What is wanted stands here, and in no file that Vite would look for.
  configFile: false,
  logLevel: 'warn',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    // light-dark() is known from these on; older ones would show neither palette.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The content security policy allows no script within a page.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // What is in the files is others' work, too.
    license: { fileName: 'THIRD-PARTY-NOTICES.md' },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
  },
})
