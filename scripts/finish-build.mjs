// What tsc does not do: the command must be executable, and nothing may outlive the source file that it was made from.
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [dist, src] = ['../dist', '../src'].map(folder => fileURLToPath(new URL(folder, import.meta.url)))

for (const program of ['cli/main.js', 'bin/main.js']) chmodSync(join(dist, program), 0o755)
for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  // The bundle was made anew just now.
  if (file.startsWith('bin')) continue
  const source = file.replace(/\.(d\.ts|js|js\.map)$/, '.ts')
  if (source !== file && !existsSync(join(src, source))) rmSync(join(dist, file))
}
