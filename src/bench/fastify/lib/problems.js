import { STATUS_CODES } from 'node:http'
import createError from '@fastify/error'

const NUMERIC_VALUE_OUT_OF_RANGE = '22003'

export const Unauthorized = createError('UNAUTHORIZED', 'a valid API key is needed', 401)
export const NotFound = createError('NOT_FOUND', 'there is no user %s', 404)
export const Conflict = createError('CONFLICT', "this email is another user's", 409)
export const TooManyRequests =
  createError('TOO_MANY_REQUESTS', 'the limit of requests is reached', 429)

/** Answers with what failed, as RFC 9457 describes. */
export function answerProblem (error, request, reply) {
  const status = statusOf(error)
  if (status >= 500) {
    request.log.error(error)
  }
  problem(reply, status, status >= 500 ? 'something went wrong' : error.message)
}

export function nothingHere (request, reply) {
  problem(reply, 404, 'there is nothing here')
}

function statusOf (error) {
  if (error.validation) {
    return error.validationContext === 'body' ? 422 : 400
  }
  return error.code === NUMERIC_VALUE_OUT_OF_RANGE ? 400 : error.statusCode ?? 500
}

function problem (reply, status, detail) {
  reply.code(status).type('application/problem+json').send(JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail
  }))
}
