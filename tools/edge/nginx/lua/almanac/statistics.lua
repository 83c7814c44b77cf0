--- Counters of all workers, in Prometheus' text format.
--
-- A worker counts in its own memory and adds to the shared counts every `reload_seconds`, so that a request pays for no lock.

local statistics = {}

local shared = ngx.shared.almanac_statistics
local pending = {}
local gauges = {}

--- Name, type and meaning of every family, in the order they are printed.
local families = {
  { "almanac_hits_total", "counter", "Requests answered from the bundle." },
  { "almanac_fallbacks_total", "counter", "Requests that the bundle was asked and did not answer, by reason." },
  { "almanac_not_asked_total", "counter", "Requests proxied without asking the bundle, by reason." },
  { "almanac_would_be_hits_total", "counter", "Requests that shadow mode kept from being answered." },
  { "almanac_errors_total", "counter", "Questions that are no text." },
  { "almanac_request_duration_seconds", "histogram", "Time of a look-up in the bundle." },
  { "almanac_upstream_replies_total", "counter", "Replies of the upstream, by class of status; none: no reply." },
  { "almanac_coalesced_total", "counter", "Requests that got the reply of an identical one in flight." },
  { "almanac_coalescing_failures_total", "counter", "Waits for an identical request that ended without a reply." },
  { "almanac_reloads_total", "counter", "Bundles taken over, summed over workers." },
  { "almanac_failed_reloads_total", "counter", "Bundles refused, summed over workers." },
  { "almanac_log_failures_total", "counter", "Rows that could not be written to the review or capture files." },
  { "almanac_bundle_version", "gauge", "Version of the bundle." },
  { "almanac_denied_entries", "gauge", "Entries on the deny list." },
  { "almanac_deny_list_valid", "gauge", "1 if the deny list is signed; 0 stops all answers from the bundle." },
}

--- Adds to a counter of this worker; `name` is the whole series, labels included.
function statistics.add(name, count) pending[name] = (pending[name] or 0) + (count or 1) end

--- Sets a gauge, the same for all workers.
function statistics.set(name, value)
  if gauges[name] ~= value then
    gauges[name] = value
    shared:set(name, value)
  end
end

--- Upper bounds of the classes of look-up times, in microseconds.
local bounds = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024 }

local bucket_names = {}
for index, bound in ipairs(bounds) do
  bucket_names[index] = string.format('almanac_request_duration_seconds_bucket{le="%g"}', bound / 1e6)
end
local last_bucket = 'almanac_request_duration_seconds_bucket{le="+Inf"}'

--- Counts the time of a look-up.
function statistics.time(micros)
  local name = last_bucket
  for index = 1, #bounds do
    if micros <= bounds[index] then
      name = bucket_names[index]
      break
    end
  end
  statistics.add(name)
  statistics.add("almanac_request_duration_seconds_sum", micros / 1e6)
end

--- Adds what this worker has counted to the shared counts.
function statistics.flush()
  for name, count in pairs(pending) do
    local _, message = shared:incr(name, count, 0)
    if message then
      ngx.log(ngx.ERR, "almanac: cannot count ", name, ": ", message, "; enlarge lua_shared_dict almanac_statistics")
    end
    pending[name] = nil
  end
end

--- The value of a series over all workers, 0 if it was never counted.
function statistics.value(name) return shared:get(name) or 0 end

--- All series whose name begins with a family's, sorted, as {name, value}.
function statistics.series(family)
  local found = {}
  for _, name in ipairs(shared:get_keys(0)) do
    if name == family or name:sub(1, #family + 1) == family .. "{" then
      found[#found + 1] = { name, shared:get(name) or 0 }
    end
  end
  table.sort(found, function(left, right) return left[1] < right[1] end)
  return found
end

local function histogram(lines)
  local sum = 0
  for index = 1, #bounds + 1 do
    local name = bucket_names[index] or last_bucket
    sum = sum + statistics.value(name)
    lines[#lines + 1] = string.format("%s %d", name, sum)
  end
  lines[#lines + 1] = string.format("almanac_request_duration_seconds_sum %.9g", statistics.value "almanac_request_duration_seconds_sum")
  lines[#lines + 1] = string.format("almanac_request_duration_seconds_count %d", sum)
end

--- All counts as text. Those of other workers may lag by `reload_seconds`.
-- @param extra lines to print at the end
function statistics.text(extra)
  statistics.flush()
  local lines = {}
  for _, family in ipairs(families) do
    local name, kind, meaning = family[1], family[2], family[3]
    lines[#lines + 1] = string.format("# HELP %s %s", name, meaning)
    lines[#lines + 1] = string.format("# TYPE %s %s", name, kind)
    if kind == "histogram" then
      histogram(lines)
    else
      for _, series in ipairs(statistics.series(name)) do
        lines[#lines + 1] = string.format("%s %.17g", series[1], series[2])
      end
    end
  end
  for _, line in ipairs(extra or {}) do lines[#lines + 1] = line end
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

return statistics
