--- Asking the bundle for a request: the look-up, what is counted, and the headers that tell a client of it.

local served_bundle = require "almanac.served_bundle"
local settings = require "almanac.settings"
local statistics = require "almanac.statistics"

local answering = {}

-- The status that `auth_request_set` took from the authentication; empty if there was none.
local function is_authenticated()
  local status = ngx.var.almanac_authentication
  return status ~= nil and status:sub(1, 1) == "2"
end

--- Whether this client may have an answer of the bundle before the upstream has seen who it is.
function answering.is_allowed() return settings.values.answer_unauthenticated or is_authenticated() end

--- Counts a question that gets no answer from the bundle.
function answering.count_fallback(reason)
  statistics.add('almanac_fallbacks_total{reason="' .. reason .. '"}')
end

--- Counts a question that gets one, or would get it but for shadow mode.
function answering.count_hit(reply)
  local name = settings.values.mode == "serve" and "almanac_hits_total" or "almanac_would_be_hits_total"
  statistics.add(name .. '{via="' .. reply.via .. '"}')
end

-- More names than that are no request's.
local most_variables = 100

-- The values for the slots of answers, from the header X-Almanac-Variables: name=value&name=value, in percent notation. A name
-- that stands there twice is left out, since who wrote which of them is not known.
local function variables()
  local header = ngx.req.get_headers(0)["x-almanac-variables"]
  if type(header) ~= "string" then return nil end
  local given = {}
  for name, value in pairs(ngx.decode_args(header, most_variables)) do
    if type(value) == "string" then given[name] = value end
  end
  return given
end

--- Asks the bundle. Returns the reply with `hit` and `reason`; nil if the text or the variables are at fault.
-- @param text nil if there is a prompt
-- @param prompt nil, or the name of one of the bundle, which the variables fill
function answering.ask(text, prompt)
  local reply = served_bundle.ask(text, variables(), prompt)
  if not reply then
    statistics.add "almanac_errors_total"
    return nil
  end
  statistics.time(reply.micros)
  return reply
end

local function escape(byte) return string.format("%%%02X", byte:byte()) end

--- Bytes that a header cannot carry, and the percent sign, in percent notation.
function answering.header_text(text) return (text:gsub("[^\33-\36\38-\126]", escape)) end

--- Sets the headers of a hit.
function answering.set_hit_headers(reply)
  local header = ngx.header
  header["X-Almanac"] = "hit"
  header["X-Almanac-Confidence"] = string.format("%.6f", reply.confidence)
  header["X-Almanac-Entry"] = answering.header_text(reply.entry)
  header["X-Almanac-Via"] = reply.via
end

--- Sets the headers of a reply that does not come from the bundle.
-- @param route nil or empty: the default
function answering.set_fallback_headers(reason, route)
  local header = ngx.header
  header["X-Almanac"] = "needs-fallback"
  header["X-Almanac-Reason"] = reason
  header["X-Almanac-Route"] = (route and route ~= "") and answering.header_text(route) or "default"
end

return answering
