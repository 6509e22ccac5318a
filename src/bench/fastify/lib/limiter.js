import { TooManyRequests } from './problems.js'

/** A hook that allows each key so many requests in a sliding window, which Redis keeps. */
export function limiter (redis, { rateLimit, rateWindowSeconds }) {
  const policy = `"default";q=${rateLimit};w=${rateWindowSeconds}`
  const windowMicros = rateWindowSeconds * 1e6

  return async function limit (request, reply) {
    const [room, micros] = await redis.limit(`limit:${request.keyId}`, rateLimit, windowMicros)
    const seconds = Math.ceil(micros / 1e6)
    reply.header('RateLimit-Policy', policy)
    reply.header('RateLimit', `"default";r=${Math.max(room - 1, 0)};t=${seconds}`)
    if (room <= 0) {
      reply.header('Retry-After', seconds)
      throw new TooManyRequests()
    }
  }
}
