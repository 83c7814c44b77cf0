-- What tools/edge/lua/almanac.lua promises. Run by tools/edge/check:
--     luajit almanac_test.lua TINY-BUNDLE FOLDER TEMPLATES-BUNDLE BASE LAYER PUBLIC-KEY
-- BASE and LAYER (version 2, which replaces the answer to "Who is it?") are signed with the key of that file.
local bundle_path, folder = arg[1], arg[2]
local almanac = require "almanac"

local count = 0
local function expect(condition, what)
  count = count + 1
  if not condition then error(what, 2) end
end
local function copy(from, to)
  local source = assert(io.open(from, "rb"))
  local target = assert(io.open(to .. ".new", "wb"))
  target:write(source:read "*a")
  source:close()
  target:close()
  assert(os.rename(to .. ".new", to))
end

local bundle, message = almanac.open "/nowhere/x.almanac"
expect(not bundle and message:find "No such file", "a missing bundle is told")
bundle, message = almanac.open(arg[0])
expect(not bundle and message:find "not a bundle", "a file that is no bundle is told")
bundle, message = almanac.open(bundle_path, "quick")
expect(not bundle and message:find "none of lazy", "an unknown mode is told")

bundle = assert(almanac.open(bundle_path, "copy"))
local session = assert(bundle:session())
local reply = assert(session:ask "library phone number")
expect(reply.hit and reply.via == "exact" and reply.entry == "phone" and reply.confidence == 1, "a hit")
expect(reply.answer == "Call 555 0142 for both branches." and not reply.reason, "its answer")
expect(reply.bundle_version == 1 and reply.micros > 0, "version and time")
reply = assert(session:ask "how tall is the lighthouse")
expect(not reply.hit and reply.reason == "no-match" and reply.route and #reply.suggestions == 0, "a fallback")

expect(session:ask("When does the library open?").reason == "ambiguous", "no scope")
expect(session:ask("When does the library open?", { scope = { branch = "hill" } }).entry == "hours/hill", "a scope")
local templates = assert(assert(almanac.open(arg[3])):session())
expect(templates:ask("Who is it?", { variables = { name = "Ada" } }).answer == "It is Ada.", "a variable")
reply = templates:ask("Who is it?", { variables = { branch = true } })
expect(reply.reason == "missing-variable" and reply.variable == "name" and reply.entry == "who", "a missing variable")
expect(templates:ask("Who is it?").variable == "name", "no variables are left from the request before")
expect(session:ask("and on Sundays?", { turn = 2 }).reason == "needs-context", "a turn")
expect(session:ask("Where is the map room?", { now = 1790000000 }).reason == "not-yet-valid", "a time")
expect(session:ask(nil, { vector = string.rep("\1", 384) }).reason == "encoder-mismatch", "a vector without a model")
local model = bundle:describe().vector_model
expect(session:ask(nil, { vector = string.rep("\1", 384), vector_model = model }).reason == "no-match", "a vector")
expect(session:ask("library phone number", { max_wrong = 0 }).hit, "the strictest limit keeps exact matches")
expect(session:ask("a\0b").reason == "no-match", "a zero byte is a character like others")

for words, arguments in pairs {
  ["neither"] = { nil },
  ["UTF%-8"] = { "\255" },
  ["components"] = { nil, { vector = "x", vector_model = model } },
  ["max_wrong"] = { "x", { max_wrong = 2 } },
  ["variables"] = { "x", { variables = { a = "\0" } } },
  ["zero byte"] = { "x", { scope = { a = "\0" } } },
} do
  reply, message = session:ask(arguments[1], arguments[2])
  expect(not reply and message:find(words), "a wrong request is told: " .. words)
end

local live = folder .. "/live-lua.almanac"
copy(bundle_path, live)
local second = assert(almanac.open(live))
local other = assert(second:session())
expect(not second:replaced(), "nothing replaced")
copy(arg[0], live)
expect(second:replaced(), "a replaced file is noticed")
local done
done, message = second:reload()
expect(done == false and message:find "not a bundle" and not second:replaced(), "a refused file is told, once")
expect(other:ask("library phone number").hit, "the old bundle goes on")
copy(bundle_path, live)
expect(second:replaced() and second:reload() == true, "a good file is taken")
expect(other:ask("library phone number").hit, "the new bundle answers")
local found = second:statistics()
expect(found.exact_hits == 2 and found.reloads == 1 and found.failed_reloads == 1, "statistics")
expect(found.fallbacks["no-match"] == 0 and #found.latency == 24, "statistics by reason and time")
second:close()
expect(other:ask("library phone number").hit, "a session outlives its bundle")
other:close()
reply, message = other:ask "x"
expect(not reply and message, "a closed session says so")

-- Layers, and what bundles must show.
local base, layer = arg[4], arg[5]
local key_file = assert(io.open(arg[6]))
local key = key_file:read "*a"
key_file:close()
for _, mode in ipairs { "lazy", "hot", "all", "copy" } do
  local pair = assert(almanac.open(base, mode, { layer = layer, public_key = key, minimum_version = 2 }))
  expect(pair:session():ask("Who is it?").answer == "Bob.", "a layer's answer, " .. mode)
end
local pair = assert(almanac.open(base, "lazy", { layer = layer }))
other = assert(pair:session())
expect(pair:describe().version == 2, "the version of a pair is the layer's")
expect(pair:reload() and other:ask("Who is it?").answer == "Bob.", "a reload keeps the layer")
expect(pair:reload_layer() and other:ask("Who is it?").answer == "Ada.", "without the layer")
done, message = pair:reload_layer(nil, bundle_path)
expect(done == false and message:find("with the layer " .. bundle_path, 1, true), "a refused layer is told")
expect(other:ask("Who is it?").answer == "Ada.", "and changes nothing")
expect(pair:reload_layer(base, layer, "all") and other:ask("Who is it?").answer == "Bob.", "with a layer again")
for words, options in pairs {
  ["No such file"] = { layer = "/nowhere/x.almanac" },
  ["over its own base"] = { layer = bundle_path },
  ["lower version.*%(version 2%)"] = { layer = layer, minimum_version = 3 },
  ["not signed with the required key"] = { layer = layer, public_key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3" },
} do
  bundle, message = almanac.open(base, "lazy", options)
  expect(not bundle and message:find(words), "what a pair must show: " .. words .. ": " .. tostring(message))
end
bundle, message = almanac.open(bundle_path, "lazy", { public_key = key })
expect(not bundle and message:find "not signed", "an unsigned bundle is refused")

-- What was given back by nobody is given back by the collector.
for _ = 1, 200 do assert(assert(almanac.open(bundle_path)):session()):ask "library phone number" end
collectgarbage()
collectgarbage()
local mappings = 0
for line in io.lines "/proc/self/maps" do
  if line:find(bundle_path, 1, true) then mappings = mappings + 1 end
end
expect(mappings <= 1, "the collector unmaps: " .. mappings)
print(count .. " expectations met")
