import { createHash } from 'node:crypto'
import { Unauthorized } from './problems.js'

const BEARER = 'Bearer '
const REMEMBERED_MILLIS = 5_000

const FIND = {
  name: 'find-key',
  text: 'SELECT id FROM api_keys WHERE key_hash = $1 AND revoked_at IS NULL'
}

/** A hook that lets only those pass who have a valid key, which is remembered for a while. */
export function authenticator (database) {
  const remembered = new Map()

  async function find (key) {
    const hash = createHash('sha256').update(key).digest('hex')
    const { rows } = await database.query({ ...FIND, values: [hash] })
    if (rows.length === 0) {
      throw new Unauthorized()
    }
    return rows[0].id
  }

  // Those who ask at the same time ask once; who is refused is not remembered.
  function id (key) {
    const known = remembered.get(key)
    const now = performance.now()
    if (known !== undefined && now - known.at < REMEMBERED_MILLIS) {
      return known.id
    }
    const asked = { id: find(key), at: now }
    remembered.set(key, asked)
    asked.id.catch(() => remembered.get(key) === asked && remembered.delete(key))
    return asked.id
  }

  return async function authenticate (request, reply) {
    const { authorization } = request.headers
    try {
      if (!authorization?.startsWith(BEARER)) {
        throw new Unauthorized()
      }
      request.keyId = await id(authorization.slice(BEARER.length))
    } catch (error) {
      reply.header('WWW-Authenticate', 'Bearer')
      throw error
    }
  }
}
