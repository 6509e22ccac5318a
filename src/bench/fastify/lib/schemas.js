/** A positive whole number; PostgreSQL refuses those that are above its bigint. */
export const id = { type: 'string', pattern: '^[1-9][0-9]{0,18}$' }

export const idParams = { type: 'object', properties: { id } }
