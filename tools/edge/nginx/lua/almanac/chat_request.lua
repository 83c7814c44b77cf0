--- Which chat completion requests a bundle may answer.
--
-- A bundle holds answers to questions that stand alone. Whatever could make a model answer otherwise than it answers the
-- question alone sends the request to the model: earlier turns, an unknown system prompt, tools, a response format, and
-- every field that is not known here, since fields are added to the API all the time.

local cjson = require("cjson.safe").new()
local member_count = require "almanac.member_count"

local chat_request = {}

-- Numbers that JSON does not have are refused, and so is nesting that no question needs.
cjson.decode_invalid_numbers(false)
cjson.decode_max_depth(32)

local null = cjson.null

--- The longest name of a model.
local longest_model = 256

local function given(value) return value ~= nil and value ~= null end

local function is_whole(value) return type(value) == "number" and value % 1 == 0 end

--- The text of a message's content, a string or a list of one text part, and the number of members in it.
-- nil if it is anything else.
local function text_of(content)
  if type(content) == "string" then return content, 0 end
  if type(content) ~= "table" or #content ~= 1 then return nil end
  local part = content[1]
  if type(part) ~= "table" or part.type ~= "text" or type(part.text) ~= "string" then return nil end
  for key in pairs(part) do
    if key ~= "type" and key ~= "text" then return nil end
  end
  return part.text, 2
end

local message_keys = { role = true, content = true }

--- The texts of system prompt (nil for none) and question, and the number of members in all messages; else nil, reason.
local function read_messages(messages)
  if type(messages) ~= "table" or #messages < 1 then return nil, "messages" end
  if #messages > 2 then return nil, "conversation" end
  local members, system, question = 0, nil, nil
  for index = 1, #messages do
    local message = messages[index]
    if type(message) ~= "table" then return nil, "messages" end
    for key in pairs(message) do
      if not message_keys[key] then return nil, "message-field" end
    end
    local role = message.role
    if index == #messages then
      if role ~= "user" then return nil, "conversation" end
    elseif role ~= "system" and role ~= "developer" then
      return nil, "conversation"
    end
    local text, inside = text_of(message.content)
    if not text then return nil, "content" end
    members = members + 2 + inside
    if role == "user" then question = text else system = text end
  end
  return { system = system, question = question }, members
end

--- For each field of a request that may be there: whether a value leaves the answer as it is. Null is the default of all.
local accepts = {
  model = function(value)
    return type(value) == "string" and #value <= longest_model and value:find("^[%w][%w ._:/@+-]*$") ~= nil
  end,
  messages = function() return true end,
  stream = function(value) return type(value) == "boolean" end,
  stream_options = function(value, request)
    if type(value) ~= "table" or request.stream ~= true or type(value.include_usage) ~= "boolean" then return false end
    return next(value, next(value)) == nil
  end,
  temperature = function(value) return type(value) == "number" and value >= 0 and value <= 2 end,
  max_tokens = function(value) return is_whole(value) and value >= 1 end,
  user = function(value) return type(value) == "string" end,
}

--- Decodes a body. Returns the question that it asks, or nil and why a bundle must not answer it:
-- `not-json`, `duplicate-key`, `field`, `model`, `messages`, `message-field`, `conversation`, `content`, `system-prompt`.
-- @param body the bytes of the request's body
-- @param settings `models`, `system_prompts`, `without_system_prompt`
-- @return {text, model, stream, include_usage, max_tokens}
function chat_request.read(body, settings)
  local request = cjson.decode(body)
  if type(request) ~= "table" then return nil, "not-json" end
  local members = 0
  for key, value in pairs(request) do
    local accept = accepts[key]
    if not accept then return nil, "field" end
    if value ~= null and not accept(value, request) then return nil, key == "model" and "model" or "field" end
    members = members + 1
  end
  if not given(request.model) or (settings.models and not settings.models[request.model]) then return nil, "model" end
  local messages, inside = read_messages(request.messages)
  if not messages then return nil, inside end
  members = members + inside
  if given(request.stream_options) then members = members + 1 end
  if members ~= member_count(body) then return nil, "duplicate-key" end
  if messages.system == nil then
    if not settings.without_system_prompt then return nil, "system-prompt" end
  elseif not settings.system_prompts[messages.system] then
    return nil, "system-prompt"
  end
  return {
    text = messages.question,
    model = request.model,
    stream = request.stream == true,
    include_usage = given(request.stream_options) and request.stream_options.include_usage,
    max_tokens = given(request.max_tokens) and request.max_tokens or nil,
  }
end

return chat_request
