import pino from 'pino'

const FLUSH_MILLIS = 100

export function createLogger () {
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4096 })
  setInterval(() => destination.flush(), FLUSH_MILLIS).unref()
  return pino({ base: null }, destination)
}

export function accessLog (request, reply, done) {
  request.log.info({
    method: request.method,
    path: request.url,
    status: reply.statusCode,
    millis: reply.elapsedTime
  })
  done()
}
