--- `GET /ask?q=…` or `GET /ask?prompt=…`: one question, answered in the reader protocol (spec/v1/reader-protocol.md) without
-- `id`. A miss is not sent to the upstream: the caller is told the reason, the route and what may have been meant.

local answering = require "almanac.answering"
local cjson = require("cjson.safe").new()
local settings = require "almanac.settings"

local ask = {}

local function send(status, body)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  ngx.header["Content-Length"] = #body
  ngx.header["Cache-Control"] = "no-store"
  ngx.print(body)
  return ngx.exit(ngx.HTTP_OK)
end

local function refuse(status, message)
  return send(status, '{"status":"error","error":' .. cjson.encode(message) .. "}")
end

local function hit(reply)
  local source = reply.source and ',"source":' .. cjson.encode(reply.source) or ""
  return table.concat {
    '{"status":"hit","entry":', cjson.encode(reply.entry), ',"question":', cjson.encode(reply.question), ',"answer":',
    cjson.encode(reply.answer), source,
    string.format(',"confidence":%.6f,"via":"%s","micros":%.1f}', reply.confidence, reply.via, reply.micros),
  }
end

local function fallback(reply, reason)
  local suggestions = {}
  for index, each in ipairs(reply.suggestions or {}) do
    suggestions[index] = string.format('{"entry":%s,"question":%s,"confidence":%.6f}', cjson.encode(each.entry),
      cjson.encode(each.question), each.confidence)
  end
  return table.concat {
    '{"status":"needs-fallback","reason":"', reason, '"',
    reply.entry and reply.reason and ',"entry":' .. cjson.encode(reply.entry) or "",
    reply.variable and ',"variable":' .. cjson.encode(reply.variable) or "",
    reply.route and ',"route":' .. cjson.encode(reply.route) or "", ',"suggestions":[', table.concat(suggestions, ","),
    string.format('],"micros":%.1f}', reply.micros),
  }
end

--- In `access_by_lua_block` or `content_by_lua_block`.
function ask.answer()
  local method = ngx.req.get_method()
  if method ~= "GET" and method ~= "HEAD" then
    ngx.header["Allow"] = "GET, HEAD"
    return refuse(405, "the method is " .. method .. ", expected GET")
  end
  if not answering.is_allowed() then return refuse(401, "the client is not authenticated") end
  local given = ngx.req.get_uri_args(10)
  local question, prompt = given.q, given.prompt
  if type(question or prompt) ~= "string" or (question and prompt) then
    return refuse(400, "not one question; give it as the parameter q, or the name of a prompt as the parameter prompt, once")
  end
  local reply = answering.ask(question, prompt)
  if not reply then return refuse(400, "the question or a variable is not UTF-8, or the variables are too long") end
  if reply.hit then
    answering.count_hit(reply)
  else
    answering.count_fallback(reply.reason)
  end
  if reply.hit and settings.values.mode == "serve" then
    answering.set_hit_headers(reply)
    return send(200, hit(reply))
  end
  local reason = reply.reason or "shadow"
  answering.set_fallback_headers(reason, reply.route)
  return send(200, fallback(reply, reason))
end

return ask
