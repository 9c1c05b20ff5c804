import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** Where .ci/run wants the counts. */
const results = process.env['LAKEFERRY_TEST_RESULTS']

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/seed-setup.ts'],
    reporters: [
      'default',
      './test/support/skip-reporter.ts',
      ...(results ? [['json', { outputFile: results }] as ['json', object]] : []),
    ],
    // Two cores, and real services beside the tests.
    maxWorkers: 2,
    // To end what hangs, not to judge what is slow: beside Spark, a browser or a compiler all takes a multiple of its time.
    testTimeout: 240_000,
    hookTimeout: 360_000,
  },
})

export default config
