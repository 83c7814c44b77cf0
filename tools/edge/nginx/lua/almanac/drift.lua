--- Whether live traffic is what the bundle's compiler expected.
--
-- The rule is that of `almanac-reader --stats`: of the last full window of 10,000 questions, or of the one being filled
-- once it has 1,000, fewer than half of the expected share were hits, or the scores of more than a quarter lie elsewhere than
-- expected. Windows are counted over all workers and begin anew with each version of the bundle.

local drift = {}

local shared = ngx.shared.almanac_statistics

local window_size, least_questions = 10000, 1000
--- The distance of scores from which on there is drift.
local distance_limit = 0.25
--- The most steps in which scores are counted, as in almanac.h.
local maximum_steps = 33

--- What this worker has counted since `flush`: questions, hits, and scores by step.
local asked, hits, steps = 0, 0, {}

--- Counts what the bundle said to a question.
-- @param reply the reply of a session
function drift.count(reply)
  asked = asked + 1
  if reply.hit then hits = hits + 1 end
  local step = reply.score_step
  if step then steps[step] = (steps[step] or 0) + 1 end
end

--- Names of a window's counts in the shared memory; `kind` is `filling` or `full`.
local function names(kind)
  local found = { asked = "drift:" .. kind .. ":asked", hits = "drift:" .. kind .. ":hits" }
  for step = 1, maximum_steps do found[step] = "drift:" .. kind .. ":" .. step end
  return found
end

local filling, full = names "filling", names "full"

local function clear(window)
  for _, name in pairs(window) do shared:delete(name) end
end

--- Forgets what was counted under another version than `version`.
local function begin_anew(version)
  if shared:get "drift:version" == version then return end
  shared:set("drift:version", version)
  clear(filling)
  clear(full)
  shared:delete "drift:told"
end

--- The window that is looked at: names of its counts, and its number of questions; nil while there are too few.
local function window()
  local count = shared:get(full.asked)
  if count then return full, count end
  count = shared:get(filling.asked) or 0
  if count >= least_questions then return filling, count end
end

--- The total variation distance of live scores to those expected; nil while too few were scored, and if none are expected.
local function distance_of(counts, expected)
  if #expected == 0 then return nil end
  local live, total = {}, 0
  for step = 1, #expected do
    live[step] = shared:get(counts[step]) or 0
    total = total + live[step]
  end
  if total < least_questions then return nil end
  local sum = 0
  for step = 1, #expected do sum = sum + math.abs(live[step] / total - expected[step]) end
  return math.min(sum / 2, 1)
end

--- What the window says.
-- @param bundle what it is, as the binding's `describe` tells it
-- @return {hits, distance, alarm}: shares, nil while there are too few questions; alarm, nil or a sentence
local function look(bundle)
  local counts, count = window()
  if not counts then return {} end
  local found = { hits = (shared:get(counts.hits) or 0) / count, distance = distance_of(counts, bundle.expected_scores) }
  local causes = {}
  if bundle.expected_hits and found.hits < bundle.expected_hits / 2 then
    causes[1] = string.format("fewer hits than expected, %.4f of questions instead of %.4f", found.hits, bundle.expected_hits)
  end
  if found.distance and found.distance > distance_limit then
    causes[#causes + 1] = string.format("scores are not those expected, %.4f of them lie elsewhere", found.distance)
  end
  if #causes > 0 then
    found.alarm = table.concat(causes, "; ") .. "; look at the questions that fell back and compile a bundle for them"
  end
  return found
end

--- Says in the log when drift begins, once for all workers.
local function tell(bundle)
  local alarm = look(bundle).alarm
  if not alarm then
    shared:delete "drift:told"
  elseif shared:add("drift:told", true) then
    ngx.log(ngx.WARN, "almanac: ", alarm)
  end
end

--- Makes the window that is filled the full one.
local function turn_over()
  for key, name in pairs(filling) do
    shared:set(full[key], shared:get(name) or 0)
    shared:delete(name)
  end
end

--- Adds what this worker has counted to the window of all workers.
-- @param bundle what it is, as the binding's `describe` tells it
function drift.flush(bundle)
  begin_anew(bundle.version)
  if asked == 0 then return end
  shared:incr(filling.hits, hits, 0)
  for step, count in pairs(steps) do
    shared:incr(filling[step], count, 0)
    steps[step] = nil
  end
  local all = shared:incr(filling.asked, asked, 0)
  asked, hits = 0, 0
  if all and all >= window_size then turn_over() end
  tell(bundle)
end

--- Lines for the statistics.
-- @param bundle what it is, as the binding's `describe` tells it
function drift.lines(bundle)
  local lines = {}
  local function gauge(name, meaning, value)
    lines[#lines + 1] = "# HELP " .. name .. " " .. meaning
    lines[#lines + 1] = "# TYPE " .. name .. " gauge"
    if value then lines[#lines + 1] = string.format("%s %.6g", name, value) end
  end
  local found = look(bundle)
  gauge("almanac_expected_hit_ratio", "Share of questions that the compiler expected to be hits.", bundle.expected_hits)
  gauge("almanac_hit_ratio", "Share of hits in the last window of questions.", found.hits)
  gauge("almanac_score_distance", "Share of scores that lie elsewhere than the compiler expects.", found.distance)
  gauge("almanac_drift_alarm", "1: the questions are not those that the bundle was made for.", found.alarm and 1 or 0)
  if found.alarm then lines[#lines + 1] = "# ALARM " .. found.alarm end
  return lines
end

return drift
