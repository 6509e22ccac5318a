-- An exact sliding window: KEYS[1] the times of allowed requests in microseconds, oldest first;
-- ARGV[1] the limit, ARGV[2] the window in microseconds. Answers with the room that there was for
-- this request and after it (0: refused), and with the microseconds until there is more.
local key, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local start = now - window
local deciding = tonumber(redis.call('LINDEX', key, -limit) or 0)
if deciding > start then
  return {0, deciding - start}
end
local oldest = tonumber(redis.call('LINDEX', key, 0) or now)
if oldest <= start then
  local left, right = 0, redis.call('LLEN', key)
  while right - left > 1 do
    local middle = math.floor((left + right) / 2)
    if tonumber(redis.call('LINDEX', key, middle)) <= start then
      left = middle
    else
      right = middle
    end
  end
  redis.call('LTRIM', key, right, -1)
  oldest = tonumber(redis.call('LINDEX', key, 0) or now)
end
local room = limit - redis.call('RPUSH', key, string.format('%.0f', now)) + 1
redis.call('PEXPIRE', key, math.ceil(window / 1000))
return {room, oldest - start}
