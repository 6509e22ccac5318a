import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'

/** The one connection, with the limiter's script as its command. */
export function createRedis (config, logger) {
  const redis = new Redis({
    ...config.redis,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 1 // A request does not wait for long until Redis comes back.
  })
  redis.on('error', error => logger.warn(error.message))
  redis.defineCommand('limit', {
    numberOfKeys: 1,
    lua: readFileSync(new URL('../../limit.lua', import.meta.url), 'utf8')
  })
  return redis
}
