// What tsc does not do: the command must be executable, and must not outlive a renamed source file.
import { chmodSync } from 'node:fs'

chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755)
