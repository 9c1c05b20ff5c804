// What tsc does not do: the command must be executable, and nothing may outlive the source file that it was made from.
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [dist, src] = ['../dist', '../src'].map(folder => fileURLToPath(new URL(folder, import.meta.url)))

chmodSync(join(dist, 'cli/main.js'), 0o755)
for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  const source = file.replace(/\.(d\.ts|js|js\.map)$/, '.ts')
  if (source !== file && !existsSync(join(src, source))) rmSync(join(dist, file))
}
