--- Answers from an almanac bundle, for LuaJIT: nginx with lua-nginx-module, or the interpreter alone.
--
--     local almanac = require "almanac"
--     local bundle, message = almanac.open("/srv/dev-faq.almanac")
--     local session = bundle:session()
--     local reply = session:ask("how do I use curl with a proxy?")
--     if reply.hit then print(reply.answer) else print(reply.reason) end
--
-- It calls libalmanac.so, which must be found by the dynamic linker, or be named by the environment variable
-- ALMANAC_LIBRARY or by `almanac.load`. One session serves one caller at a time: in nginx make one for each worker, in
-- init_worker_by_lua. `ask` takes microseconds and never yields. Bundles may be opened before nginx forks its workers.
--
-- Where a function cannot do its work it returns nil (or false) and a message that says what to do.

local ffi = require "ffi"

local M = { version = "0.1.0" }

-- As in almanac.h, but that lengths and numbers of results stand as two halves: LuaJIT's interpreter, which runs much of what nginx
-- calls, makes an object of each 64-bit number and of each struct within a struct, and a plain number of a half. The library is for
-- little-endian hosts.
ffi.cdef [[
typedef struct almanac almanac_t;
typedef struct almanac_session almanac_session_t;
typedef struct { const char *start; uint32_t length, length_high; } almanac_text;
typedef struct {
  size_t size;
  uint64_t version;
  int64_t expiry;
  uint64_t entry_count, question_count, dimensions;
  char vector_model[256];
  uint32_t expected_hits, score_step_count;
  uint32_t expected_scores[33];
  uint32_t reserved;
} almanac_properties;
typedef struct {
  size_t size;
  const char *text;
  size_t text_length;
  const int8_t *vector;
  size_t vector_length;
  const char *vector_model;
  size_t vector_model_length;
  const char *scope;
  size_t scope_length;
  int64_t now;
  uint32_t turn;
  uint32_t maximum_wrong;
  const char *variables;
  size_t variables_length;
  const char *prompt;
  size_t prompt_length;
} almanac_request;
typedef struct { almanac_text entry, question; uint32_t confidence, reserved; } almanac_suggestion;
typedef struct {
  size_t size;
  int outcome, reason, match;
  uint32_t confidence;
  const char *entry; uint32_t entry_length, entry_high;
  const char *question; uint32_t question_length, question_high;
  const char *answer; uint32_t answer_length, answer_high;
  const char *source; uint32_t source_length, source_high;
  const char *route; uint32_t route_length, route_high;
  uint32_t suggestion_count, suggestion_count_high;
  almanac_suggestion suggestions[3];
  uint32_t bundle_version, bundle_version_high;
  uint32_t nanoseconds, nanoseconds_high;
  const char *usage; uint32_t usage_length, usage_high;
  uint32_t score_step, reserved;
  const char *variable; uint32_t variable_length, variable_high;
} almanac_result;
typedef struct {
  size_t size;
  uint64_t bundle_version, exact_hits, semantic_hits;
  uint64_t fallbacks[15];
  uint64_t errors, nanoseconds;
  uint64_t latency[24];
  uint64_t reloads, failed_reloads;
} almanac_statistics;
typedef struct {
  size_t size;
  const char *path;
  int mode;
  uint32_t reserved;
  const char *public_key;
  size_t public_key_length;
  uint64_t minimum_version;
  const char *layer;
} almanac_open_options;
int almanac_open_with(const almanac_open_options *options, almanac_t **bundle, uint64_t *detail);
void almanac_close(almanac_t *bundle);
int almanac_reload_layer(almanac_t *bundle, const char *path, const char *layer, int mode, uint64_t *detail);
int almanac_replaced(const almanac_t *bundle);
int almanac_describe(const almanac_t *bundle, almanac_properties *properties);
int almanac_stats(const almanac_t *bundle, almanac_statistics *statistics);
int almanac_session_new(const almanac_t *bundle, almanac_session_t **session);
void almanac_session_free(almanac_session_t *session);
int almanac_query(almanac_session_t *session, const almanac_request *request, almanac_result *result);
const char *almanac_status_text(int status);
const char *almanac_reason_name(int reason);
const char *almanac_version(void);
char *strerror(int code);
]]

local OK, CANNOT_OPEN, OLD_VERSION = 0, 2, 12
local HIT, EXACT = 1, 1
local REASON_COUNT, LATENCY_STEPS = 15, 24
local UNKNOWN_SHARE = 0xFFFFFFFF
local MODES = { lazy = 0, all = 1, copy = 2, hot = 3 }

local library

--- Loads libalmanac.so. Called by `open` if nobody did before.
-- @param path  the file; nil: ALMANAC_LIBRARY, or else what the dynamic linker finds as libalmanac.so.1
-- @return true, or nil and a message
function M.load(path)
  if library then return true end
  path = path or os.getenv "ALMANAC_LIBRARY" or "libalmanac.so.1"
  local loaded, found = pcall(ffi.load, path)
  if not loaded then return nil, path .. " cannot be loaded, " .. tostring(found) end
  local version = ffi.string(found.almanac_version())
  if version:match "^%d+%.%d+" ~= M.version:match "^%d+%.%d+" then
    return nil, path .. " is version " .. version .. ", almanac.lua is for " .. M.version .. "; install both anew"
  end
  library = found
  return true
end

local function message(what, status, detail)
  local text = ffi.string(library.almanac_status_text(status))
  if status == CANNOT_OPEN then text = text .. " (" .. ffi.string(ffi.C.strerror(tonumber(detail))) .. ")" end
  if status == OLD_VERSION then text = string.format("%s (version %.0f)", text, tonumber(detail)) end
  return what .. ": " .. text
end

--- The files that an error is about.
local function files(path, layer) return layer and path .. " with the layer " .. layer or path end

local ffi_string = ffi.string

-- No text has 4 GiB.
local function text(start, length)
  if length == 0 then return nil end
  return ffi_string(start, length)
end

local Bundle = {}
Bundle.__index = Bundle
local Session = {}
Session.__index = Session

--- Opens a bundle.
-- @param path  its file
-- @param mode  "lazy" (default), "hot", "all" or "copy", as in almanac.h
-- @param options  optional: what it and all that replace it must show, public_key (a minisign key with which it must be
-- signed: the text of a .pub file, or its line of base64) and minimum_version (with a layer, the layer's); layer, the file of a
-- layer whose entries replace the bundle's by id, add to them and delete them
-- @return a bundle, or nil and a message
function M.open(path, mode, options)
  local loaded, problem = M.load()
  if not loaded then return nil, problem end
  local number = MODES[mode or "lazy"]
  if not number then return nil, "mode " .. tostring(mode) .. " is none of lazy, hot, all, copy" end
  local handle, detail = ffi.new "almanac_t *[1]", ffi.new "uint64_t[1]"
  local given = ffi.new "almanac_open_options"
  given.size, given.path, given.mode = ffi.sizeof(given), path, number
  local layer
  if options then
    local key = options.public_key
    layer = options.layer
    if key then given.public_key, given.public_key_length = key, #key end
    given.minimum_version, given.layer = options.minimum_version or 0, layer
  end
  local status = library.almanac_open_with(given, handle, detail)
  if status ~= OK then return nil, message(files(path, layer), status, detail[0]) end
  return setmetatable({ handle = ffi.gc(handle[0], library.almanac_close), path = path, layer = layer }, Bundle)
end

--- Makes another file the current bundle. Sessions turn to it with their next question. Its layer, if it has one, is opened again
-- over it. What `open` required is required again.
-- @param path  the file; nil: the current path, at which another one may lie now
-- @param mode  as for `open`; default "hot"
-- @return true, or false and a message; the old bundle then goes on answering
function Bundle:reload(path, mode) return self:reload_layer(path, self.layer, mode) end

--- As `reload`, with another layer.
-- @param layer  its file; nil: none
function Bundle:reload_layer(path, layer, mode)
  local number = MODES[mode or "hot"]
  if not number then return false, "mode " .. tostring(mode) .. " is none of lazy, hot, all, copy" end
  local detail = ffi.new "uint64_t[1]"
  local status = library.almanac_reload_layer(self.handle, path, layer, number, detail)
  if status ~= OK then return false, message(files(path or self.path, layer), status, detail[0]) end
  self.path, self.layer = path or self.path, layer
  return true
end

--- Whether another file lies at the path, or at the layer's, than was opened, or refused, last.
function Bundle:replaced() return library.almanac_replaced(self.handle) ~= 0 end

--- What the current bundle is.
-- @return a table: version, expiry (nil: never), entry_count, question_count, dimensions, vector_model, expected_hits (a share of
-- requests, nil if unknown), expected_scores (a list, the share of scores in each step; empty if unknown)
function Bundle:describe()
  local found = ffi.new("almanac_properties", { ffi.sizeof "almanac_properties" })
  library.almanac_describe(self.handle, found)
  local expiry = tonumber(found.expiry)
  local expected_scores = {}
  for step = 1, found.score_step_count do expected_scores[step] = found.expected_scores[step - 1] / 1e6 end
  return {
    version = tonumber(found.version),
    expiry = expiry < 2 ^ 62 and expiry or nil,
    entry_count = tonumber(found.entry_count),
    question_count = tonumber(found.question_count),
    dimensions = tonumber(found.dimensions),
    vector_model = ffi.string(found.vector_model),
    expected_hits = found.expected_hits ~= UNKNOWN_SHARE and found.expected_hits / 1e6 or nil,
    expected_scores = expected_scores,
  }
end

--- What the sessions of this process have counted since the bundle was opened.
-- @return a table: bundle_version, exact_hits, semantic_hits, fallbacks (by name of the reason), errors, nanoseconds, latency (a
-- list; [i]: what took less than 2^(i+7) ns and is not counted before), reloads, failed_reloads
function Bundle:statistics()
  local found = ffi.new("almanac_statistics", { ffi.sizeof "almanac_statistics" })
  library.almanac_stats(self.handle, found)
  local fallbacks, latency = {}, {}
  for reason = 1, REASON_COUNT - 1 do
    fallbacks[ffi.string(library.almanac_reason_name(reason))] = tonumber(found.fallbacks[reason])
  end
  for step = 1, LATENCY_STEPS do latency[step] = tonumber(found.latency[step - 1]) end
  return {
    bundle_version = tonumber(found.bundle_version),
    exact_hits = tonumber(found.exact_hits),
    semantic_hits = tonumber(found.semantic_hits),
    fallbacks = fallbacks,
    errors = tonumber(found.errors),
    nanoseconds = tonumber(found.nanoseconds),
    latency = latency,
    reloads = tonumber(found.reloads),
    failed_reloads = tonumber(found.failed_reloads),
  }
end

--- Closes the bundle; its sessions go on answering until they are closed. The collector does this too.
function Bundle:close()
  if not self.handle then return end
  library.almanac_close(ffi.gc(self.handle, nil))
  self.handle = nil
end

--- Makes a session on the bundle, which it keeps open.
-- @return a session, or nil and a message
function Bundle:session()
  local handle = ffi.new "almanac_session_t *[1]"
  local status = library.almanac_session_new(self.handle, handle)
  if status ~= OK then return nil, message("session", status, 0) end
  return setmetatable({
    handle = ffi.gc(handle[0], library.almanac_session_free),
    request = ffi.new("almanac_request", { ffi.sizeof "almanac_request" }),
    result = ffi.new("almanac_result", { ffi.sizeof "almanac_result" }),
  }, Session)
end

local function pairs_text(scope)
  local keys, parts = {}, {}
  for key in pairs(scope) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do
    local value = tostring(scope[key])
    if key:find("\0", 1, true) or value:find("\0", 1, true) then return nil end
    parts[#parts + 1] = key .. "\0" .. value .. "\0"
  end
  return table.concat(parts)
end

-- Sets all but the text to what is not given.
local function clear(request)
  request.vector, request.vector_length = nil, 0
  request.vector_model, request.vector_model_length = nil, 0
  request.scope, request.scope_length = nil, 0
  request.variables, request.variables_length = nil, 0
  request.prompt, request.prompt_length = nil, 0
  request.now, request.turn, request.maximum_wrong = 0, 0, 0
end

--- Asks a question.
-- @param question  UTF-8; nil if there is a vector
-- @param options   nil, or a table: now (seconds since 1970), turn, scope (a table), variables (a table, the values
-- for the slots of answers), prompt (the name of one, then question is nil), max_wrong (a
-- share of all requests), vector (a string of int8 components) with vector_model
-- @return a table, or nil and a message if the request is at fault. It has hit (whether there is an answer), answer, entry,
-- question, source, usage (JSON), confidence (0 to 1) and via ("exact" or "semantic") of a hit; reason, route, suggestions
-- (a list of entry, question and confidence) of a fallback, and variable, the name of one that is missing; bundle_version and micros always; score_step (an index of the
-- bundle's expected_scores) where there is a score to compare
function Session:ask(question, options)
  local request, result = self.request, self.result
  if not self.is_plain then clear(request) end
  self.is_plain = options == nil
  request.text, request.text_length = question, question and #question or 0
  local scope, variables
  if options then
    if options.now then request.now = options.now end
    if options.turn then request.turn = options.turn end
    local limit = options.max_wrong
    if limit then
      if not (limit >= 0 and limit <= 1) then return nil, "max_wrong is out of range; give a number from 0 to 1" end
      request.maximum_wrong = math.max(math.floor(limit * 1e6), 1)
    end
    if options.prompt then request.prompt, request.prompt_length = options.prompt, #options.prompt end
    if options.vector then
      request.vector, request.vector_length = ffi.cast("const int8_t *", options.vector), #options.vector
    end
    if options.vector_model then
      request.vector_model, request.vector_model_length = options.vector_model, #options.vector_model
    end
    if options.scope then
      scope = pairs_text(options.scope)
      if not scope then return nil, "scope has a key or value with a zero byte; leave it out" end
      request.scope, request.scope_length = scope, #scope
    end
    if options.variables then
      variables = pairs_text(options.variables)
      if not variables then return nil, "variables have a name or value with a zero byte; leave it out" end
      request.variables, request.variables_length = variables, #variables
    end
  end
  local status = library.almanac_query(self.handle, request, result)
  if status ~= OK then return nil, message("request", status, 0) end
  local score_step = result.score_step
  local reply = {
    hit = result.outcome == HIT,
    entry = text(result.entry, result.entry_length),
    question = text(result.question, result.question_length),
    bundle_version = result.bundle_version + result.bundle_version_high * 0x100000000,
    score_step = score_step ~= 0 and score_step or nil,
    micros = (result.nanoseconds + result.nanoseconds_high * 0x100000000) / 1000,
  }
  if reply.hit then
    reply.answer = text(result.answer, result.answer_length) or ""
    reply.source = text(result.source, result.source_length)
    reply.usage = text(result.usage, result.usage_length)
    reply.confidence = result.confidence / 1e6
    reply.via = result.match == EXACT and "exact" or "semantic"
    return reply
  end
  reply.reason = ffi.string(library.almanac_reason_name(result.reason))
  -- A reason that a later library may give means the same to whoever asked.
  if reply.reason == "" then reply.reason = "no-match" end
  reply.route = text(result.route, result.route_length)
  reply.variable = text(result.variable, result.variable_length)
  local suggestions = {}
  for index = 1, result.suggestion_count do
    local found = result.suggestions[index - 1]
    local entry, wording = found.entry, found.question
    suggestions[index] = {
      entry = text(entry.start, entry.length), question = text(wording.start, wording.length),
      confidence = found.confidence / 1e6,
    }
  end
  reply.suggestions = suggestions
  return reply
end

--- Gives the session back. The collector does this too.
function Session:close()
  if not self.handle then return end
  library.almanac_session_free(ffi.gc(self.handle, nil))
  self.handle = nil
end

return M
