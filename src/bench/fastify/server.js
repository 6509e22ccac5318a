// The service on Fastify, as its documentation recommends:
//
// - JSON schemas for what comes in and goes out (fastify.dev: "Validation and Serialization"). What
//   does not fit a body's schema is answered with 422 and is never coerced, so the schemas of paths
//   and queries are patterns.
// - ioredis with auto-pipelining (its README: "Autopipelining"), so that the limiter's and the
//   cache's commands, sent by hooks of the same tick, leave in one write.
// - node-postgres with a pool and named, prepared statements (node-postgres.com: "Queries").
// - Pino writes asynchronously (getpino.io: "Asynchronous Logging"), one line for each request.
// - fastify-metrics with the faster prom-client that its README recommends, histograms only.
// - One process, as a container of Node.js is run.

import Fastify, { LogController } from 'fastify'
import metrics from 'fastify-metrics'
import { config } from './lib/config.js'
import { createDatabase } from './lib/database.js'
import { createRedis } from './lib/redis.js'
import { authenticator } from './lib/keys.js'
import { limiter } from './lib/limiter.js'
import { accessLog, createLogger } from './lib/log.js'
import { answerProblem, nothingHere } from './lib/problems.js'
import { orders } from './lib/orders.js'
import { users } from './lib/users.js'
import { Outbox } from './lib/outbox.js'

const logger = createLogger()
const database = createDatabase(config, logger)
const redis = createRedis(config, logger)

const app = Fastify({
  loggerInstance: logger,
  logController: new LogController({ disableRequestLogging: true }), // accessLog writes one line.
  bodyLimit: 64 * 1024,
  ajv: { customOptions: { coerceTypes: false } }
})

app.setErrorHandler(answerProblem)
app.addHook('onResponse', accessLog)
await app.register(metrics, {
  endpoint: '/metrics',
  routeMetrics: { enabled: { histogram: true, summary: false }, registeredRoutesOnly: false }
})

app.get('/health/live', {
  schema: {
    response: { 200: { type: 'object', properties: { status: { type: 'string' } } } }
  }
}, async () => ({ status: 'live' }))

await app.register(async api => {
  api.decorateRequest('keyId', null)
  api.addHook('onRequest', authenticator(database))
  const limit = limiter(redis, config)
  await api.register(users, { database, redis, limit, config })
  await api.register(orders, { database, limit })
  api.setNotFoundHandler({ preHandler: limit }, nothingHere)
})

const outbox = new Outbox(database, config.dataDir, logger)
await outbox.start()
await app.listen({ host: '127.0.0.1', port: config.port })

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await app.close()
    await outbox.close()
    redis.disconnect()
    await database.end()
    process.exit(0)
  })
}
