--- Chat completions: answered from the bundle, or passed to the upstream as they came.

local answering = require "almanac.answering"
local chat_completion = require "almanac.chat_completion"
local chat_request = require "almanac.chat_request"
local coalescing = require "almanac.coalescing"
local kept_reply = require "almanac.kept_reply"
local review = require "almanac.review"
local settings = require "almanac.settings"
local statistics = require "almanac.statistics"

local chat = {}

-- The longest reply that is kept to be reviewed or captured.
local longest_reviewed = 1024 * 1024

--- The body if it is small enough, in memory, and sent as it is; else nil and the reason.
local function read_body()
  local values = settings.values
  local length = tonumber(ngx.var.http_content_length)
  if length and length > values.maximum_body then return nil, "body-too-large" end
  if ngx.var.http_content_encoding then return nil, "not-json" end
  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  if not body then return nil, ngx.req.get_body_file() and "body-too-large" or "not-json" end
  if #body > values.maximum_body then return nil, "body-too-large" end
  return body
end

--- Lets nginx proxy the request. The rest of the location does it.
local function pass(reason, route)
  local context = ngx.ctx
  context.almanac_reason, context.almanac_route = reason, route
  if route then ngx.var.almanac_route = route end
end

local function pass_unasked(reason)
  statistics.add('almanac_not_asked_total{reason="' .. reason .. '"}')
  pass(reason)
end

-- The functions below return nil if nginx is to proxy the request, or the body of the reply.

local function answer(request, reply)
  local header = ngx.header
  local body
  if request.stream then
    body = chat_completion.events(request, reply)
    header["Content-Type"] = "text/event-stream; charset=utf-8"
    header["Cache-Control"] = "no-cache"
  else
    body = chat_completion.whole(request, reply)
    header["Content-Type"] = "application/json"
  end
  header["Content-Length"] = #body
  answering.set_hit_headers(reply)
  return body
end

local function answer_as_the_leader(kept, reply)
  ngx.status = kept.status
  for name, value in pairs(kept.headers) do ngx.header[name] = value end
  ngx.header["Content-Length"] = #kept.body
  ngx.header["X-Almanac-Coalesced"] = "1"
  answering.set_fallback_headers(reply.reason, reply.route)
  return kept.body
end

--- Sends a miss to the upstream, or lets it share the call of an identical one.
local function fall_back(request, reply, body)
  local values, context = settings.values, ngx.ctx
  if values.capture then
    context.almanac_capture = request
    context.almanac_kept = kept_reply.new(longest_reviewed)
    -- A compressed reply could not be read.
    ngx.req.set_header("Accept-Encoding", "identity")
  end
  if values.coalescing.enabled and not request.stream then
    local key = coalescing.key(body, reply.route or "")
    local call, kept
    if key then call, kept = coalescing.join(key) end
    if kept then
      context.almanac_capture, context.almanac_kept = nil, nil
      return answer_as_the_leader(kept, reply)
    end
    if call then
      context.almanac_call = call
      context.almanac_kept = kept_reply.new(math.max(values.coalescing.maximum_reply,
        context.almanac_kept and longest_reviewed or 0))
    end
  end
  return pass(reply.reason, reply.route)
end

--- Keeps the upstream's reply to a request that the bundle would have answered.
local function shadow(request, reply)
  local context = ngx.ctx
  context.almanac_would_be = { request = request, reply = reply }
  context.almanac_kept = kept_reply.new(longest_reviewed)
  ngx.req.set_header("Accept-Encoding", "identity")
  return pass "shadow"
end

local function decide()
  if ngx.req.get_method() ~= "POST" then return pass_unasked "method" end
  -- Parameters of the address may change what the upstream does.
  if ngx.var.is_args ~= "" then return pass_unasked "parameters" end
  if not answering.is_allowed() then return pass_unasked "not-authenticated" end
  local body, reason = read_body()
  if not body then return pass_unasked(reason) end
  local request
  request, reason = chat_request.read(body, settings.values)
  if not request then return pass_unasked(reason) end
  local reply = answering.ask(request.text)
  if not reply then return pass "not-text" end
  if reply.hit and not chat_completion.fits(reply, request.max_tokens) then
    reply = { hit = false, reason = "max-tokens" }
  end
  if not reply.hit then
    answering.count_fallback(reply.reason)
    return fall_back(request, reply, body)
  end
  answering.count_hit(reply)
  if settings.values.mode == "shadow" then return shadow(request, reply) end
  return answer(request, reply)
end

--- In `access_by_lua_block`, after authentication.
function chat.access()
  local done, body = pcall(decide)
  if not done then
    -- Whatever went wrong here, the model can answer.
    ngx.log(ngx.ERR, "almanac: a request could not be looked up and goes upstream: ", body)
    return pass_unasked "internal-error"
  end
  if body then
    ngx.print(body)
    return ngx.exit(ngx.HTTP_OK)
  end
end

--- In the `access_by_lua_block` of everything else that is proxied.
function chat.access_elsewhere() return pass_unasked "path" end

-- nginx writes a page of its own where the upstream cannot be reached. A client of the API expects an object.
local function is_own_error()
  local time = ngx.var.upstream_header_time
  return ngx.status >= 502 and ngx.status <= 504 and (time == nil or time == "-" or time == "")
end

--- In `header_filter_by_lua_block`.
function chat.header_filter()
  local context = ngx.ctx
  if not context.almanac_reason then return end
  answering.set_fallback_headers(context.almanac_reason, context.almanac_route)
  if is_own_error() then
    context.almanac_error = string.format(
      '{"error":{"message":"the upstream model cannot be reached or did not answer in time","type":"upstream_error",'
        .. '"param":null,"code":"%d"}}', ngx.status)
    ngx.header["Content-Type"] = "application/json"
    ngx.header["Content-Length"] = #context.almanac_error
  end
  if context.almanac_kept then context.almanac_kept:begin() end
end

--- In `body_filter_by_lua_block`.
function chat.body_filter()
  local context = ngx.ctx
  if context.almanac_error then
    ngx.arg[1] = context.almanac_error
    context.almanac_error = ""
  end
  local kept = context.almanac_kept
  if not kept then return end
  kept:add(ngx.arg[1], ngx.arg[2])
  -- Now, not when the request is logged: who has the reply and asks again is not to get it a second time.
  if kept.whole and context.almanac_call then
    coalescing.finish(context.almanac_call, kept)
    context.almanac_call = nil
  end
end

--- In `log_by_lua_block`.
function chat.log()
  local context = ngx.ctx
  local kept = context.almanac_kept
  -- The reply did not end. First, since others wait for it, whatever became of this request.
  if context.almanac_call then coalescing.finish(context.almanac_call, kept) end
  if not context.almanac_reason then return end
  if context.almanac_would_be then
    review.would_be_hit(context.almanac_would_be.request, context.almanac_would_be.reply, kept)
  end
  if context.almanac_capture then review.miss(context.almanac_capture, kept) end
  local status = tostring(ngx.var.upstream_status or ""):match "^%d"
  statistics.add('almanac_upstream_replies_total{class="' .. (status and status .. "xx" or "none") .. '"}')
end

return chat
