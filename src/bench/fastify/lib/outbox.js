import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const PAUSE_MILLIS = 100

const NEXT = {
  name: 'next-events',
  text: `
    SELECT id, event_id AS "eventId", detail FROM outbox
    ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED`
}

// Conflicts are events that were done before.
const DONE = {
  name: 'events-done',
  text: `
    WITH done AS (
      DELETE FROM outbox WHERE id = ANY ($1) RETURNING id, event_id, user_id, detail
    ), logged AS (
      INSERT INTO audit_log (event_id, action, user_id, at, detail)
      SELECT event_id, 'user.signed_up', user_id, (detail ->> 'createdAt')::timestamptz, detail
      FROM done ORDER BY id
      ON CONFLICT DO NOTHING
    )
    INSERT INTO deliveries (event_id, channel)
    SELECT event_id, channel FROM done, unnest(ARRAY['email', 'slack', 'audit']) channel
    ON CONFLICT DO NOTHING`
}

/**
 * What follows a sign-up: an email, a Slack message and a line in the audit log. The files are on
 * the disk before the transaction that removes their events commits, so a crash repeats but never
 * loses them.
 */
export class Outbox {
  #database
  #emails
  #slack
  #logger
  #closed = false
  #running

  constructor (database, dataDir, logger) {
    this.#database = database
    this.#emails = join(dataDir, 'outbox', 'email')
    this.#slack = join(dataDir, 'outbox', 'slack')
    this.#logger = logger
  }

  async start () {
    await mkdir(this.#emails, { recursive: true })
    await mkdir(this.#slack, { recursive: true })
    this.#running = this.#run()
  }

  async close () {
    this.#closed = true
    await this.#running
  }

  async #run () {
    while (!this.#closed) {
      try {
        if (await this.#deliver() > 0) {
          continue
        }
      } catch (error) {
        this.#logger.error(error, 'a batch failed and will be tried again')
      }
      await setTimeout(PAUSE_MILLIS)
    }
  }

  /** Answers with the number of events that were delivered. */
  async #deliver () {
    const client = await this.#database.connect()
    let failure
    try {
      await client.query('BEGIN')
      const { rows: events } = await client.query(NEXT)
      if (events.length > 0) {
        await Promise.all(events.map(event => this.#write(event)))
        await client.query({ ...DONE, values: [events.map(event => event.id)] })
      }
      await client.query('COMMIT')
      return events.length
    } catch (error) {
      failure = error
      throw error
    } finally {
      client.release(failure) // With a failure it is closed, which rolls back.
    }
  }

  async #write ({ eventId, detail: { email, name } }) {
    const mail = [
      `To: <${email}>`,
      'Subject: Welcome',
      'Content-Type: text/plain; charset=utf-8',
      '',
      `Welcome, ${name}!`,
      ''
    ].join('\r\n')
    const message = JSON.stringify({ text: `${name} <${email}> signed up` })
    await writeFile(join(this.#emails, `${eventId}.eml`), mail, { flush: true })
    await writeFile(join(this.#slack, `${eventId}.json`), message, { flush: true })
  }
}
