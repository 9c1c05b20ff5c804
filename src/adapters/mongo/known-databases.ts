import { MongoConnection, type MongoOptions } from './connection.js'

/** Those that every server has for itself. */
const OWN = ['admin', 'config', 'local']

/**
 * Databases that the user may see, sorted, without the server's own.
 *
 * @throws {@link LakeferryError} `SOURCE_URI`, `SOURCE_UNREACHABLE`, `SOURCE_AUTH`, `SOURCE_FORBIDDEN`
 */
export async function knownDatabases(options: Pick<MongoOptions, 'uri'>): Promise<readonly string[]> {
  const connection = await MongoConnection.open({ ...options, database: 'admin' })
  try {
    const { databases } = await connection.db.admin().listDatabases({ nameOnly: true, authorizedDatabases: true })
    return databases
      .map(({ name }) => name)
      .filter(name => !OWN.includes(name))
      .sort()
  } catch (error) {
    throw connection.failure(error, { namespace: 'admin', operation: 'list the databases of' })
  } finally {
    await connection.close()
  }
}
