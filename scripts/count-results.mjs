// `node scripts/count-results.mjs VITEST.json tests=0 typecheck=0 …`: one line with the counts, alone, and a status.
import { readFileSync } from 'node:fs'

const [file, ...outcomes] = process.argv.slice(2)
let passed = 0
let failed = 0
let skipped = 0

try {
  const results = JSON.parse(readFileSync(file, 'utf8'))
  passed = results.numPassedTests
  failed = results.numFailedTests
  skipped = results.numPendingTests + results.numTodoTests
  // A file that could not even be loaded has no tests to fail.
  failed += results.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some(test => test.status === 'failed'),
  ).length
} catch (error) {
  console.error(`no test results: ${error.message}`)
}

for (const outcome of outcomes) {
  const [name, status] = outcome.split('=')
  if (name === 'tests') {
    // An error outside every test, or a build that did not compile.
    if (status !== '0' && failed === 0) failed++
    if (status === '0' && passed === 0) failed++
    continue
  }
  if (status === '0') passed++
  else {
    failed++
    console.log(`check failed: npm run ${name}`)
  }
}

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed === 0 ? 0 : 1
