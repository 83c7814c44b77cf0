--- What a model answered, read from the bytes of its reply.

local cjson = require("cjson.safe").new()

local upstream_answer = {}

cjson.decode_max_depth(64)
local null = cjson.null

local function text_or_nil(value) return type(value) == "string" and value or nil end

--- A streamed reply as the completion that would have come unstreamed; nil if it breaks off before `[DONE]`, or holds
-- what is not text: tool calls, several choices.
local function from_events(body)
  local completion, parts, finish, done = nil, {}, nil, false
  for line in body:gmatch "[^\r\n]+" do
    local data = line:match "^data: ?(.*)$"
    if data == "[DONE]" then
      done = true
    elseif data then
      local event = cjson.decode(data)
      if type(event) ~= "table" or type(event.choices) ~= "table" or event.error then return nil end
      completion = completion or { id = event.id, created = event.created, model = event.model,
        object = "chat.completion" }
      if type(event.usage) == "table" then completion.usage = event.usage end
      if #event.choices > 1 then return nil end
      local choice = event.choices[1]
      if choice then
        local delta = choice.delta
        if choice.index ~= 0 or type(delta) ~= "table" then return nil end
        if delta.tool_calls ~= nil and delta.tool_calls ~= null then return nil end
        parts[#parts + 1] = text_or_nil(delta.content)
        finish = text_or_nil(choice.finish_reason) or finish
      end
    end
  end
  if not done or not completion then return nil end
  completion.choices = {
    { index = 0, message = { role = "assistant", content = table.concat(parts) }, finish_reason = finish or null },
  }
  return completion
end

--- The completion in a reply: a table in the shape of OpenAI's `chat.completion`. nil if there is none to read: an
-- error, a reply that broke off or is compressed, several choices. `raw` is its JSON where it came unstreamed.
-- @param kept a `kept_reply`
function upstream_answer.read(kept)
  if not kept or not kept:is_complete() or kept.status ~= 200 or kept.headers["content-encoding"] then return nil end
  local kind = tostring(kept.headers["content-type"] or "")
  if kind:find("text/event-stream", 1, true) then return from_events(kept:body()) end
  local completion = cjson.decode(kept:body())
  if type(completion) ~= "table" or type(completion.choices) ~= "table" or #completion.choices ~= 1 then return nil end
  local choice = completion.choices[1]
  if type(choice) ~= "table" or type(choice.message) ~= "table" then return nil end
  completion.raw = kept:body()
  return completion
end

--- The text of a completion's only choice; nil if it is none.
function upstream_answer.text(completion)
  return completion and text_or_nil(completion.choices[1].message.content)
end

return upstream_answer
