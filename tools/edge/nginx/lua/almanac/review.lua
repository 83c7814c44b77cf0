--- What is written down about live traffic, both off unless the settings ask for it: would-be hits beside the model's
-- answers (shadow mode), and the model's answers to what the bundle did not answer (capture).

local cjson = require("cjson.safe").new()
local crypto = require "almanac.crypto"
local json_lines_file = require "almanac.json_lines_file"
local settings = require "almanac.settings"
local upstream_answer = require "almanac.upstream_answer"

local review = {}

local null = cjson.null
local files

local function hex(bytes)
  return (bytes:gsub(".", function(byte) return string.format("%02x", byte:byte()) end))
end

local function open_files()
  local log, capture = settings.values.review_log, settings.values.capture
  files = {
    review = log and json_lines_file.new(log.file, log.maximum_bytes),
    requests = capture and json_lines_file.new(capture.requests, capture.maximum_bytes),
    results = capture and json_lines_file.new(capture.results, capture.maximum_bytes),
  }
end

--- Writes a would-be hit and the live answer, for a person to compare.
-- @param request what `chat_request.read` returned
-- @param reply the bundle's
-- @param kept the copy of the upstream's reply
function review.would_be_hit(request, reply, kept)
  if not files then open_files() end
  local completion = upstream_answer.read(kept)
  files.review:add(cjson.encode {
    at = ngx.time(), query = request.text, entry = reply.entry, question = reply.question, answer = reply.answer,
    confidence = reply.confidence, via = reply.via, bundle_version = reply.bundle_version,
    live_status = kept and kept.status or null, live_answer = upstream_answer.text(completion) or null,
    live_model = completion and completion.model or null, live_usage = completion and completion.usage or null,
  })
end

--- Writes a miss and the model's answer as a line each of a request file and a result file in OpenAI's batch format,
-- joined by `custom_id`, which `almanac ingest` reads. Nothing is written for an error or a broken reply.
function review.miss(request, kept)
  if not files then open_files() end
  local completion = upstream_answer.read(kept)
  if not upstream_answer.text(completion) then return end
  local id = "capture-" .. hex(crypto.sha256(request.model .. "\0" .. request.text)):sub(1, 32)
  files.requests:add(cjson.encode {
    custom_id = id, method = "POST", url = "/v1/chat/completions",
    body = { model = request.model, messages = { { role = "user", content = request.text } } },
  })
  -- A whole reply is kept as it came, since decoding and encoding would lose the difference of `[]` and `{}`.
  local body = completion.raw or cjson.encode(completion)
  files.results:add(string.format(
    '{"id":"batch_req_%s","custom_id":"%s","response":{"status_code":%d,"request_id":"%s","body":%s},"error":null}', id,
    id, kept.status, id, body))
end

return review
