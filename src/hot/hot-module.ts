import { readFileSync } from 'node:fs'

/** Compiled by `scripts/build-assembly.mjs`. Two folders up from here, from `dist/` and from the bundle alike. */
const FILE = new URL('../../dist/hot.wasm', import.meta.url)

/**
 * The compiled module; threads that it is posted to share its machine code, and what becomes of it when it is hot. Undefined
 * where the engine has no WebAssembly (`--jitless`): all that it does, JavaScript does as well.
 */
export function hotModule(): WebAssembly.Module | undefined {
  return typeof WebAssembly === 'undefined' ? undefined : new WebAssembly.Module(readFileSync(FILE))
}
