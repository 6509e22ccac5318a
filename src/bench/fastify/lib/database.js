import pg from 'pg'

// Ids and counts are below 2^53, exact in JavaScript.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

// A Date would lose the microseconds.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, text =>
  text.replace(' ', 'T').replace('+00', 'Z'))

export function createDatabase (config, logger) {
  const pool = new pg.Pool({ ...config.database, options: '-c TimeZone=UTC' })
  // A connection that breaks while idle is replaced by the pool.
  pool.on('error', error => logger.warn(error.message))
  return pool
}
