import { dirname } from 'node:path'
import { installPythonPackage, type PythonPackage } from '../../src/demo/python-package.js'
import { servicesHome } from '../../src/demo/services-home.js'

/** The AWS command line, version 1: the one that PyPI has. */
const AWS_CLI: PythonPackage = { name: 'awscli', version: '1.45.11', program: 'aws', takes: 'about 20 seconds' }

/** The folder of `aws`, installed into `.services/` the first time. */
export async function awsProgram(): Promise<string> {
  return dirname(await installPythonPackage(AWS_CLI, { home: servicesHome(), say: line => console.error(line) }))
}
