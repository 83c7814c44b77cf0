--- What the operator of the front chose, checked once when nginx starts.
--
-- A setting that is unknown, of the wrong type or contradictory stops nginx with an error that names it, since a typing
-- error in, say, `deny_list` must not pass for "no deny list".

local minisign = require "almanac.minisign"

local settings = {}

--- The values in force; filled by `settings.set`.
settings.values = nil

local function fail(name, found, expected)
  error(string.format("almanac: setting '%s' is %s, expected %s; correct it in the nginx configuration", name,
    found == nil and "missing" or tostring(found), expected), 0)
end

local function is_type(expected)
  return function(name, value)
    if type(value) ~= expected then fail(name, value, "a " .. expected) end
    return value
  end
end

local function is_one_of(choices)
  return function(name, value)
    for _, choice in ipairs(choices) do
      if value == choice then return value end
    end
    fail(name, value, "one of " .. table.concat(choices, ", "))
  end
end

local function is_number(lowest, highest)
  return function(name, value)
    if type(value) ~= "number" or value < lowest or value > highest then
      fail(name, value, string.format("a number from %g to %g", lowest, highest))
    end
    return value
  end
end

local function is_public_key(name, value)
  if type(value) ~= "string" or not minisign.public_key(value) then
    fail(name, value, "the second line of a minisign .pub file, RW…")
  end
  return value
end

--- A list of strings, or nil for none, as a set.
local function is_set(name, value)
  if type(value) ~= "table" then fail(name, value, "a list of strings") end
  local set = {}
  for _, member in ipairs(value) do
    if type(member) ~= "string" then fail(name, member, "a list of strings") end
    set[member] = true
  end
  return set
end

local function is_scope(name, value)
  if type(value) ~= "table" then fail(name, value, "a table of strings") end
  for key, member in pairs(value) do
    if type(key) ~= "string" or type(member) ~= "string" then fail(name, member, "a table of strings") end
  end
  return value
end

--- A table with the given members; one that is `required` must be there.
local function is_table(members)
  return function(name, value)
    if type(value) ~= "table" then fail(name, value, "a table") end
    local checked = {}
    for key in pairs(value) do
      if not members[key] then
        local known = {}
        for member in pairs(members) do known[#known + 1] = member end
        table.sort(known)
        fail(name .. "." .. tostring(key), "unknown", "one of " .. table.concat(known, ", "))
      end
    end
    for key, member in pairs(members) do
      local given = value[key]
      if given == nil then given = member.default end
      if given ~= nil then
        checked[key] = member.check(name .. "." .. key, given)
      elseif member.required then
        fail(name .. "." .. key, nil, member.required)
      end
    end
    return checked
  end
end

local megabyte = 1024 * 1024

local check = is_table {
  bundle = { check = is_type "string", required = "the path of a bundle" },
  library = { check = is_type "string" },
  layer = { check = is_type "string" },
  public_key = { check = is_public_key },
  -- The greatest whole number up to which a number of Lua misses none.
  minimum_version = { check = is_number(0, 2 ^ 53), default = 0 },
  open = { check = is_one_of { "lazy", "hot", "all", "copy" }, default = "hot" },
  reload_seconds = { check = is_number(0.05, 86400), default = 1 },
  mode = { check = is_one_of { "serve", "shadow" }, default = "serve" },
  answer_unauthenticated = { check = is_type "boolean", default = false },
  models = { check = is_set },
  system_prompts = { check = is_set, default = {} },
  without_system_prompt = { check = is_type "boolean", default = true },
  scope = { check = is_scope },
  max_wrong = { check = is_number(0, 1) },
  maximum_body = { check = is_number(1, 64 * 1024), default = 32 * 1024 },
  coalescing = {
    check = is_table {
      enabled = { check = is_type "boolean", default = true },
      wait_seconds = { check = is_number(0.01, 3600), default = 120 },
      maximum_reply = { check = is_number(0, 4 * megabyte), default = megabyte },
      ignored_headers = {
        check = is_set,
        default = { "connection", "content-length", "expect", "keep-alive", "traceparent", "tracestate", "user-agent",
          "x-request-id" },
      },
    },
    default = {},
  },
  deny_list = {
    check = is_table {
      file = { check = is_type "string", required = "the path of a signed list of entry ids" },
      signature = { check = is_type "string" },
      public_key = { check = is_public_key, required = "the second line of a minisign .pub file, RW…" },
    },
  },
  review_log = {
    check = is_table {
      file = { check = is_type "string", required = "the path of a file to write" },
      maximum_bytes = { check = is_number(4096, 2 ^ 40), default = 64 * megabyte },
    },
  },
  capture = {
    check = is_table {
      requests = { check = is_type "string", required = "the path of a file to write" },
      results = { check = is_type "string", required = "the path of a file to write" },
      maximum_bytes = { check = is_number(4096, 2 ^ 40), default = 64 * megabyte },
    },
  },
}

--- Stops if a file to be written, or the name it gets when it is full, is one that is read or written for another purpose.
local function check_files(values)
  local taken = { [values.bundle] = "almanac.bundle" }
  if values.layer then
    if values.layer == values.bundle then fail("almanac.layer", values.layer, "a file of its own, not almanac.bundle") end
    taken[values.layer] = "almanac.layer"
  end
  if values.deny_list then
    taken[values.deny_list.file] = "almanac.deny_list.file"
    taken[values.deny_list.signature] = "almanac.deny_list.signature"
  end
  local function take(name, path)
    for _, each in ipairs { path, path .. ".1" } do
      if taken[each] then fail(name, each, "a file of its own, since it is " .. taken[each] .. " too") end
      taken[each] = name
    end
  end
  if values.review_log then take("almanac.review_log.file", values.review_log.file) end
  if values.capture then
    take("almanac.capture.requests", values.capture.requests)
    take("almanac.capture.results", values.capture.results)
  end
end

--- Checks `given` and makes it the settings in force. Stops with an error that says what to correct.
function settings.set(given)
  local values = check("almanac", given)
  if values.mode == "shadow" and not values.review_log then
    fail("almanac.review_log", nil, "the path of a file to write, since shadow mode serves nothing and only logs")
  end
  if values.deny_list and not values.deny_list.signature then
    values.deny_list.signature = values.deny_list.file .. ".minisig"
  end
  check_files(values)
  settings.values = values
  return values
end

return settings
