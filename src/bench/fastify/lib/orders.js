import { NotFound } from './problems.js'
import { id, idParams } from './schemas.js'

const LIMIT_DEFAULT = '20'
const ID_MAX = '9223372036854775807'

const PAGE = {
  name: 'page-of-orders',
  text: `
    SELECT id, user_id AS "userId", item, quantity, unit_price_cents AS "unitPriceCents",
      quantity * unit_price_cents AS "totalCents", created_at AS "createdAt"
    FROM orders WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
}

const USER = { name: 'is-user', text: 'SELECT 1 FROM users WHERE id = $1' }

const order = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    userId: { type: 'integer' },
    item: { type: 'string' },
    quantity: { type: 'integer' },
    unitPriceCents: { type: 'integer' },
    totalCents: { type: 'integer' },
    createdAt: { type: 'string' }
  }
}

const page = {
  type: 'object',
  properties: {
    orders: { type: 'array', items: order },
    next: { type: 'string', nullable: true }
  }
}

const query = {
  type: 'object',
  properties: {
    limit: { type: 'string', pattern: '^([1-9][0-9]?|100)$', default: LIMIT_DEFAULT },
    after: id
  }
}

/** `GET /users/{id}/orders`: newest first, in pages. */
export async function orders (app, { database, limit }) {
  app.get('/users/:id/orders', {
    onRequest: limit,
    schema: { params: idParams, querystring: query, response: { 200: page } }
  }, async request => {
    const { id } = request.params
    const count = Number(request.query.limit)
    const before = request.query.after ?? ID_MAX
    // One more than the limit shows that there is another page.
    const { rows } = await database.query({ ...PAGE, values: [id, before, count + 1] })
    if (rows.length === 0) {
      await requireUser(id)
    }
    if (rows.length <= count) {
      return { orders: rows, next: null }
    }
    const found = rows.slice(0, count)
    return { orders: found, next: String(found[count - 1].id) }
  })

  async function requireUser (id) {
    const { rows } = await database.query({ ...USER, values: [id] })
    if (rows.length === 0) {
      throw new NotFound(id)
    }
  }
}
