-- For wrk: asks the questions of the file QUESTIONS in turn, as chat completions or, if ASK is set, by GET /ask.

local requests, current, other = {}, 0, 0

local function json(text)
  return '"' .. text:gsub('[%c"\\]', function(byte) return string.format("\\u%04x", byte:byte()) end) .. '"'
end

local function escaped(text)
  return (text:gsub("[^%w]", function(byte) return string.format("%%%02X", byte:byte()) end))
end

function init()
  for question in io.lines(os.getenv "QUESTIONS") do
    local request
    if os.getenv "ASK" then
      request = wrk.format("GET", "/ask?q=" .. escaped(question))
    else
      request = wrk.format("POST", "/v1/chat/completions", { ["Content-Type"] = "application/json" },
        '{"model":"gpt-4o-mini","messages":[{"role":"user","content":' .. json(question) .. "}]}")
    end
    requests[#requests + 1] = request
  end
end

function request()
  current = current % #requests + 1
  return requests[current]
end

function done(summary, latency)
  io.write(string.format('RESULT {"requests":%d,"micros":%d,"errors":%d,"p50":%d,"p99":%d}\n', summary.requests,
    summary.duration, summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout
      + summary.errors.connect, latency:percentile(50), latency:percentile(99)))
end
