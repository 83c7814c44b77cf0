--- Whether live traffic is answered as often as the bundle's compiler expected.
--
-- The rule is that of `almanac-reader --stats`: of the last full window of 10,000 questions, or of the one being filled
-- once it has 1,000, fewer than half of the expected share were hits. Windows are counted over all workers and begin anew
-- with each version of the bundle.

local drift = {}

local shared = ngx.shared.almanac_statistics

local window_size, least_questions = 10000, 1000

--- What this worker has counted since `flush`.
local asked, hits = 0, 0

--- Counts a question.
function drift.count(is_hit)
  asked = asked + 1
  if is_hit then hits = hits + 1 end
end

--- Forgets what was counted under another version than `version`.
local function begin_anew(version)
  if shared:get "drift:version" == version then return end
  shared:set("drift:version", version)
  shared:set("drift:asked", 0)
  shared:set("drift:hits", 0)
  shared:delete "drift:full"
end

--- The share of hits in the window that is looked at; nil while there are too few questions.
local function live_share()
  local full = shared:get "drift:full"
  if full then return full end
  local all = shared:get "drift:asked" or 0
  return all >= least_questions and shared:get "drift:hits" / all or nil
end

local function is_drifting(expected)
  local live = live_share()
  return live ~= nil and expected ~= nil and live < expected / 2
end

local function alarm(expected)
  return string.format(
    "fewer hits than expected, %.4f of questions instead of %.4f; look at those that fell back and compile a bundle for them",
    live_share(), expected)
end

--- Says in the log when drift begins, once for all workers.
local function tell(expected)
  if not is_drifting(expected) then
    shared:delete "drift:told"
  elseif shared:add("drift:told", true) then
    ngx.log(ngx.WARN, "almanac: ", alarm(expected))
  end
end

--- Adds what this worker has counted to the window of all workers.
-- @param bundle what it is, as the binding's `describe` tells it
function drift.flush(bundle)
  begin_anew(bundle.version)
  if asked == 0 then return end
  local all_hits = shared:incr("drift:hits", hits, 0)
  local all_asked = shared:incr("drift:asked", asked, 0)
  if all_asked and all_hits and all_asked >= window_size then
    shared:set("drift:full", all_hits / all_asked)
    shared:set("drift:asked", 0)
    shared:set("drift:hits", 0)
  end
  asked, hits = 0, 0
  tell(bundle.expected_hits)
end

--- Lines for the statistics.
-- @param expected the share of questions that the compiler expected to be hits; nil if it could not tell
function drift.lines(expected)
  local lines = {}
  local function gauge(name, meaning, value)
    lines[#lines + 1] = "# HELP " .. name .. " " .. meaning
    lines[#lines + 1] = "# TYPE " .. name .. " gauge"
    if value then lines[#lines + 1] = string.format("%s %.6g", name, value) end
  end
  gauge("almanac_expected_hit_ratio", "Share of questions that the compiler expected to be hits.", expected)
  gauge("almanac_hit_ratio", "Share of hits in the last window of questions.", live_share())
  gauge("almanac_drift_alarm", "1: fewer than half of the expected hits.", is_drifting(expected) and 1 or 0)
  if is_drifting(expected) then lines[#lines + 1] = "# ALARM " .. alarm(expected) end
  return lines
end

return drift
