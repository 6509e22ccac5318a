-- What wrk sends: arguments are the test, the key, how many users there are, and a word that makes
-- emails unique. Prints one line of JSON at the end.
local test, key, users, run, path
local count = 0

function init(arguments)
  test, key, users, run = arguments[1], arguments[2], tonumber(arguments[3]), arguments[4]
  wrk.headers["Authorization"] = "Bearer " .. key
  math.randomseed(os.time())
end

function request()
  if test == "plain" then
    return wrk.format("GET", "/health/live")
  end
  if test == "signup" then
    count = count + 1
    local body = string.format('{"email":"%s-%d@example.com","name":"Bench"}', run, count)
    return wrk.format("POST", "/signup", {
      ["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/json" }, body)
  end
  local path = "/users/" .. math.random(users)
  if test == "orders" then
    path = path .. "/orders?limit=20"
  end
  return wrk.format("GET", path)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50":%.4f,"p99":%.4f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
