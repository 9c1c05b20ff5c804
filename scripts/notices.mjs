// The licences of the packages whose code is within the program: each of them asks to stand beside it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

const MODULES = `${sep}node_modules${sep}`

/** @param moduleIds - absolute paths of all that was bundled; those outside of node_modules are ours */
export function notices(moduleIds) {
  const folders = new Set(moduleIds.flatMap(id => packageFolder(id) ?? []))
  const packages = [...folders].map(folder => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), 'utf8').trim()
    return { name, text: `${name} ${version}\n\n${text}\n` }
  })
  packages.sort((a, b) => (a.name < b.name ? -1 : 1))
  const rule = `\n${'-'.repeat(78)}\n\n`
  return ['The program contains code of these packages.\n', ...packages.map(({ text }) => text)].join(rule)
}

function packageFolder(id) {
  const at = id.lastIndexOf(MODULES)
  if (at < 0) return undefined
  const rest = id.slice(at + MODULES.length).split(sep)
  const folder = id.slice(0, at + MODULES.length) + rest.slice(0, rest[0].startsWith('@') ? 2 : 1).join(sep)
  return existsSync(join(folder, 'package.json')) ? folder : undefined
}
