import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PACKAGE_ROOT } from '../../src/demo/services-home.js'

interface Locked {
  readonly version?: string
  /** Comes within its parent's archive, with all that it needs. */
  readonly inBundle?: true
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

it('names every platform’s packages in the lock, so that npm ci takes it on all of them', () => {
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(
    readFileSync(join(PACKAGE_ROOT, 'package-lock.json'), 'utf8'),
  )
  const absent = Object.entries(packages).flatMap(([path, { inBundle = false, optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      name =>
        !inBundle && !packages[`node_modules/${name}`]?.version && !packages[`${path}/node_modules/${name}`]?.version,
    ),
  )
  // Mended by: node scripts/complete-lock.mjs
  expect(absent).toEqual([])
})
