import fc from 'fast-check'

/**
 * Before each test file. With `LAKEFERRY_TEST_SEED` every property is tried on the cases of that seed, so that one
 * commit has one answer; without it on new ones each time. The sizes are the tests' own.
 */
const seed = process.env['LAKEFERRY_TEST_SEED']
if (seed !== undefined) {
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`LAKEFERRY_TEST_SEED is ${seed}; it takes a whole number below 10^9`)
  fc.configureGlobal({ seed: Number(seed) })
}
