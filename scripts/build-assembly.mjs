// The hot path's inner loops, AssemblyScript to WebAssembly: dist/hot.wasm. Once compiled, every worker thread runs the
// same machine code, where JavaScript is made into it anew in each thread.
import { mkdirSync } from 'node:fs'
import asc from 'assemblyscript/asc'

mkdirSync('dist', { recursive: true })
const { error, stderr } = await asc.main([
  'assembly/index.ts',
  ...['--outFile', 'dist/hot.wasm'],
  // Linear memory only: nothing here is collected as garbage.
  ...['--runtime', 'minimal', '--noAssert', '-O3', '--converge'],
  // Shared memory stays where it is when it grows, so views of it stay good.
  ...['--importMemory', '--sharedMemory', '--initialMemory', '16', '--maximumMemory', '32768'],
  ...['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory'],
  ...['--use', 'abort='],
])
if (error) {
  console.error(String(stderr))
  process.exitCode = 1
}
