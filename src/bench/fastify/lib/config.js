const env = (name, otherwise) => process.env[`BENCH_${name}`] ?? otherwise

/** What the environment says. */
export const config = {
  port: Number(env('PORT', 9000)),
  database: {
    host: env('DB_HOST', '127.0.0.1'),
    port: Number(env('DB_PORT', 5432)),
    database: env('DB_NAME', 'postgres'),
    user: env('DB_USER', 'postgres'),
    password: env('DB_PASSWORD', ''),
    max: Number(env('POOL_SIZE', 10))
  },
  redis: {
    host: env('REDIS_HOST', '127.0.0.1'),
    port: Number(env('REDIS_PORT', 6379)),
    password: env('REDIS_PASSWORD') || undefined
  },
  cache: env('CACHE', 'on') !== 'off',
  cacheTtlSeconds: Number(env('CACHE_TTL', 300)),
  rateLimit: Number(env('RATE_LIMIT', 100)),
  rateWindowSeconds: Number(env('RATE_WINDOW', 60)),
  dataDir: env('DATA_DIR', 'data')
}
