// Completes package-lock.json: `npm install` leaves out packages for other platforms that the registry in use does not
// have, and then `npm ci` refuses the lock everywhere (github.com/npm/cli/issues/4828). Each is its parent's version and
// named for its platform, so that its entry can be written without it; only its integrity stays unknown.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const lock = JSON.parse(readFileSync(file, 'utf8'))
const LIBC = { gnu: 'glibc', musl: 'musl' }
let added = 0

for (const [path, parent] of Object.entries(lock.packages)) {
  // It comes within its parent's archive, with all that it needs.
  if (parent.inBundle) continue
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`
    if (place in lock.packages || `${path}/${place}` in lock.packages) continue
    const found = /(android|darwin|freebsd|linux|win32)-(arm64|x64)(?:-(gnu|musl|msvc))?$/.exec(name)
    // A version range, or a name that tells no platform: only the registry knows what it means.
    if (found === null || !/^\d/.test(version)) throw new Error(`cannot tell what ${name}@${version} is for`)
    const [, os, cpu, libc] = found
    lock.packages[place] = {
      version,
      cpu: [cpu],
      ...(parent.dev ? { dev: true } : {}),
      ...(os === 'linux' ? { libc: [LIBC[libc] ?? 'glibc'] } : {}),
      license: parent.license,
      optional: true,
      os: [os],
    }
    added++
  }
}

if (added > 0) {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  lock.packages = Object.fromEntries(sorted)
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
}
console.log(`package-lock.json: ${added} packages for other platforms added`)
