--- An answer of the bundle in the shapes of OpenAI's chat completions, whole and as a stream of events.

local cjson = require("cjson.safe").new()

local chat_completion = {}

local made = 0

--- An id that no other completion of this machine has had.
local function new_id()
  made = made + 1
  return string.format("chatcmpl-almanac-%x-%x-%x", ngx.worker.pid(), math.floor(ngx.now() * 1000), made)
end

--- What the answer cost when the model gave it, as the bundle recorded it; nil if it did not.
-- @param reply the reply of a session
-- @return {input_tokens, output_tokens}
function chat_completion.recorded_usage(reply)
  if not reply.usage then return nil end
  local usage = cjson.decode(reply.usage)
  if type(usage) ~= "table" then return nil end
  return usage
end

--- Whether a model with this limit could have given the answer whole. Where the number of tokens is not recorded, the
-- number of bytes is taken, since no token is shorter than one.
-- @param maximum the request's `max_tokens`, or nil
function chat_completion.fits(reply, maximum)
  if not maximum then return true end
  local usage = chat_completion.recorded_usage(reply)
  local tokens = usage and tonumber(usage.output_tokens)
  return (tokens or #reply.answer) <= maximum
end

--- `usage` as JSON: the recorded tokens, or none, since none were made for this reply.
local function usage_text(reply)
  local usage = chat_completion.recorded_usage(reply) or {}
  local input, output = tonumber(usage.input_tokens) or 0, tonumber(usage.output_tokens) or 0
  return string.format('{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}', input, output, input + output)
end

--- The beginning of every object of a completion, up to its choices.
local function head(object, request, reply)
  return string.format('{"id":"%s","object":"%s","created":%d,"model":%s,"system_fingerprint":"almanac-%d",', new_id(),
    object, ngx.time(), cjson.encode(request.model), reply.bundle_version)
end

--- The body of a reply that is not streamed.
function chat_completion.whole(request, reply)
  return table.concat {
    head("chat.completion", request, reply),
    '"choices":[{"index":0,"message":{"role":"assistant","content":', cjson.encode(reply.answer),
    ',"refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":', usage_text(reply), "}",
  }
end

--- The body of a streamed reply: server-sent events, one object each, closed by `[DONE]`.
function chat_completion.events(request, reply)
  local start = "data: " .. head("chat.completion.chunk", request, reply)
  local usage = request.include_usage and ',"usage":null' or ""
  local function choice(delta, finish)
    return table.concat {
      start, '"choices":[{"index":0,"delta":', delta, ',"logprobs":null,"finish_reason":', finish, "}]", usage, "}\n\n",
    }
  end
  return table.concat {
    choice('{"role":"assistant","content":"","refusal":null}', "null"),
    choice('{"content":' .. cjson.encode(reply.answer) .. "}", "null"),
    choice("{}", '"stop"'),
    request.include_usage and start .. '"choices":[],"usage":' .. usage_text(reply) .. "}\n\n" or "",
    "data: [DONE]\n\n",
  }
end

return chat_completion
