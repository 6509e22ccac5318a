import { randomUUID } from 'node:crypto'
import { Conflict, NotFound } from './problems.js'
import { idParams } from './schemas.js'

const FIND = {
  name: 'find-user',
  text: 'SELECT id, email, name, created_at AS "createdAt", version FROM users WHERE id = $1'
}

// The user and the event, in one statement and so in one transaction.
const INSERT = {
  name: 'insert-user',
  text: `
    WITH added AS (
      INSERT INTO users (email, name) VALUES ($1, $2)
      RETURNING id, email, name, created_at, version
    ), event AS (
      INSERT INTO outbox (event_id, user_id, detail)
      SELECT $3, id, jsonb_build_object('id', id, 'email', email, 'name', name,
          'createdAt', replace(replace(created_at::text, ' ', 'T'), '+00', 'Z'),
          'version', version)
      FROM added
    )
    SELECT id, email, name, created_at AS "createdAt", version FROM added`
}

const UNIQUE_VIOLATION = '23505'

const user = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    email: { type: 'string' },
    name: { type: 'string' },
    createdAt: { type: 'string' },
    version: { type: 'integer' }
  }
}

// PostgreSQL's text has no NUL.
const noNul = { not: { pattern: '\\u0000' } }

const signUp = {
  type: 'object',
  required: ['email', 'name'],
  properties: {
    email: { type: 'string', maxLength: 254, pattern: '@', ...noNul },
    name: { type: 'string', maxLength: 200, pattern: '\\S', ...noNul }
  }
}

/** Reads users, by way of the cache, and adds them. */
export async function users (app, { database, redis, limit, config }) {
  app.decorateRequest('lookUp', null)

  // Asks the cache and does not wait, so that the limiter's question leaves with it.
  function lookUp (request, reply, done) {
    if (config.cache) {
      request.lookUp = redis.getBuffer(key(request.params.id))
      request.lookUp.catch(() => {}) // Who waits for it sees it fail; nobody does after a 429.
    }
    done()
  }

  app.get('/users/:id', {
    onRequest: [lookUp, limit],
    schema: { params: idParams, response: { 200: user } }
  }, async (request, reply) => {
    const { id } = request.params
    const cached = await request.lookUp
    reply.header('Cache-Status', cached ? 'ladder; hit' : 'ladder; fwd=miss')
    reply.type('application/json')
    if (cached) {
      reply.header('ETag', `"${version(cached)}"`)
      return cached
    }
    const { rows } = await database.query({ ...FIND, values: [id] })
    if (rows.length === 0) {
      throw new NotFound(id)
    }
    const json = reply.serialize(rows[0])
    if (config.cache) {
      redis.set(key(id), json, 'EX', config.cacheTtlSeconds)
        .catch(error => request.log.warn(error))
    }
    reply.header('ETag', `"${rows[0].version}"`)
    return json
  })

  app.post('/signup', {
    onRequest: limit,
    schema: { body: signUp, response: { 201: user } }
  }, async (request, reply) => {
    const added = await insert(request.body)
    reply.code(201)
    reply.header('Location', `/users/${added.id}`)
    reply.header('ETag', `"${added.version}"`)
    return added
  })

  async function insert ({ email, name }) {
    try {
      const { rows } = await database.query({ ...INSERT, values: [email, name, randomUUID()] })
      return rows[0]
    } catch (error) {
      throw error.code === UNIQUE_VIOLATION ? new Conflict() : error
    }
  }
}

const key = id => `user:${id}`

/** The last member of a user's JSON, without decoding the others. */
const version = json => json.toString('latin1', json.lastIndexOf(':') + 1, json.length - 1)
