--- One upstream call for identical requests in flight, across all workers.
--
-- The first request of a kind leads: it is proxied as any other, and its reply is copied. Those that come before it has
-- ended wait for the copy. When it has ended its key is gone, so a later request makes a call of its own: nothing is
-- cached, neither answers nor errors. A leader that does not end with a whole reply leaves its followers to elect another.
--
-- Shared memory holds `call:KEY` → id of the call in flight and `reply:ID` → what became of it, for those who wait.

local cjson = require("cjson.safe").new()
local crypto = require "almanac.crypto"
local semaphore = require "ngx.semaphore"
local settings = require "almanac.settings"
local statistics = require "almanac.statistics"

local coalescing = {}

local shared = ngx.shared.almanac_coalescing

-- Followers look at the shared memory this often, in seconds, while the leader is in another worker.
local shortest_pause, longest_pause = 0.005, 0.05
-- Long enough for all who wait to look.
local seconds_to_fetch = 10
-- A follower whose leader failed waits for another one, then makes its own call.
local elections = 2

local failed = "failed"
local made = 0

-- The calls that requests of this worker wait for, by id: {signal, waiting, reply}.
local awaited = {}

--- The key of a request: everything that may make a difference to its reply.
-- All headers count but those that the settings ignore.
-- @param body the bytes of the body
-- @param route where it would be proxied to
function coalescing.key(body, route)
  local ignored = settings.values.coalescing.ignored_headers
  local headers = {}
  local given, message = ngx.req.get_headers(200)
  if message then return nil end
  for name, value in pairs(given) do
    if not ignored[name] and name:sub(1, 12) ~= "x-stainless-" then
      if type(value) == "table" then value = table.concat(value, "\0") end
      headers[#headers + 1] = name .. "\0" .. tostring(value)
    end
  end
  table.sort(headers)
  local parts = { ngx.req.get_method(), ngx.var.request_uri, route, table.concat(headers, "\1"), body }
  for index, part in ipairs(parts) do parts[index] = #part .. ":" .. part end
  return crypto.sha256(table.concat(parts))
end

--- Begins a call under a key. Returns its id if this request is to lead, else nil and the id of the call to wait for.
local function begin(key)
  made = made + 1
  local id = string.format("%d-%.3f-%d", ngx.worker.pid(), ngx.now(), made)
  for _ = 1, 3 do
    local added, message = shared:add("call:" .. key, id, settings.values.coalescing.wait_seconds)
    if added then return id end
    if message ~= "exists" then return nil, nil end
    local other = shared:get("call:" .. key)
    if other then return nil, other end
    -- That call has just ended.
  end
  return nil, nil
end

local function wake(id, reply)
  local call = awaited[id]
  if not call then return end
  awaited[id] = nil
  call.reply = reply
  if call.waiting > 0 then call.signal:post(call.waiting) end
end

--- Ends a call that this request leads.
-- @param call what `coalescing.join` returned
-- @param kept the copy of its reply; nil or an incomplete one if it failed
function coalescing.finish(call, kept)
  local text = failed
  if kept and kept:is_complete() then
    text = cjson.encode { status = kept.status, headers = kept.headers } .. "\n" .. kept:body()
  end
  -- First, so that whoever learns that this call failed does not find it again.
  if shared:get("call:" .. call.key) == call.id then shared:delete("call:" .. call.key) end
  local stored = shared:safe_set("reply:" .. call.id, text, seconds_to_fetch)
  if not stored then
    text = failed
    shared:set("reply:" .. call.id, failed, seconds_to_fetch)
  end
  wake(call.id, text)
end

--- Waits for another request's call. Returns its reply as stored, or nil.
local function wait(id, deadline)
  local call = awaited[id]
  local looks = call == nil
  if looks then
    call = { signal = semaphore.new(0), waiting = 0 }
    awaited[id] = call
  end
  call.waiting = call.waiting + 1
  if not looks then
    call.signal:wait(math.max(deadline - ngx.now(), 0))
    call.waiting = call.waiting - 1
    return call.reply
  end
  -- One request of each worker looks at the shared memory for all of them; a leader in its own worker wakes it sooner.
  local pause = shortest_pause
  while call.reply == nil do
    local reply = shared:get("reply:" .. id)
    if reply then
      call.waiting = call.waiting - 1
      wake(id, reply)
      return reply
    end
    local left = deadline - ngx.now()
    if left <= 0 then
      -- The others of this worker have deadlines of their own, but nobody looks for them any more.
      call.waiting = call.waiting - 1
      wake(id, failed)
      return nil
    end
    call.signal:wait(math.min(pause, left))
    pause = math.min(pause * 1.5, longest_pause)
    ngx.update_time()
  end
  call.waiting = call.waiting - 1
  return call.reply
end

--- Joins the requests in flight under a key. Returns one of:
--   a call {id, key}: lead it, and call `finish` whatever happens;
--   nil, reply {status, headers, body}: pass it on;
--   nil, nil: make a call of one's own, without leading.
function coalescing.join(key)
  local deadline = ngx.now() + settings.values.coalescing.wait_seconds
  for _ = 1, elections do
    local id, other = begin(key)
    if id then return { id = id, key = key } end
    if not other then return nil, nil end
    local text = wait(other, deadline)
    if text and text ~= failed then
      local line_end = text:find("\n", 1, true)
      local reply = cjson.decode(text:sub(1, line_end - 1))
      reply.body = text:sub(line_end + 1)
      statistics.add "almanac_coalesced_total"
      return nil, reply
    end
    statistics.add "almanac_coalescing_failures_total"
    if ngx.now() >= deadline then return nil, nil end
  end
  return nil, nil
end

return coalescing
