--- The bundle that this nginx answers from, with the layer over it if there is one: opened before the workers are forked, so
-- that they share what is known of its chunks, asked through one session for each worker, exchanged when another file lies at its
-- path or the layer's. Files that are not signed, not new enough or damaged are refused.

local almanac = require "almanac"
local deny_list = require "almanac.deny_list"
local bundle_health = require "almanac.bundle_health"
local drift = require "almanac.drift"
local statistics = require "almanac.statistics"

local served_bundle = {}

local bundle, session, options, has_options, denied, settings

--- The files in use, for the log.
local function files() return settings.layer and settings.bundle .. " with " .. settings.layer or settings.bundle end

--- Opens the bundle. Stops with an error if that fails: nginx then does not start, or goes on with its old workers.
function served_bundle.open(values)
  settings = values
  local loaded, message = almanac.load(settings.library)
  if not loaded then error("almanac: " .. message, 0) end
  bundle, message = almanac.open(settings.bundle, settings.open, {
    layer = settings.layer, public_key = settings.public_key, minimum_version = settings.minimum_version,
  })
  if not bundle then error("almanac: the bundle is refused, " .. message, 0) end
  options = { scope = settings.scope, max_wrong = settings.max_wrong }
  has_options = next(options) ~= nil
  if settings.deny_list then
    denied = deny_list.new(settings.deny_list)
    message = denied:refresh()
    if message then error("almanac: " .. message, 0) end
  end
end

local function report_gauges()
  statistics.set("almanac_bundle_version", bundle:describe().version)
  if denied then
    statistics.set("almanac_denied_entries", denied.count)
    statistics.set("almanac_deny_list_valid", denied.denied and 1 or 0)
  end
end

--- Adds up what was counted, and takes over a bundle or a deny list that was put in place of the one in use.
local function refresh()
  statistics.flush()
  if bundle:replaced() then
    -- What was counted belongs to the bundle that answered.
    drift.flush(bundle:describe())
    local done, message = bundle:reload(settings.bundle, settings.open)
    statistics.add(done and "almanac_reloads_total" or "almanac_failed_reloads_total")
    if done then
      bundle_health.begin_anew()
      ngx.log(ngx.NOTICE, "almanac: ", files(), " is now version ", bundle:describe().version)
    else
      ngx.log(ngx.ERR, "almanac: the new bundle is refused, ", message, "; version ", bundle:describe().version,
        ", opened before, goes on answering")
    end
  end
  bundle_health.tell(files(), bundle:describe())
  if denied then
    local message = denied:refresh()
    if message then ngx.log(ngx.ALERT, "almanac: ", message) end
  end
  report_gauges()
  drift.flush(bundle:describe())
end

--- Makes this worker's session, and refreshes every `reload_seconds` from now on.
function served_bundle.start_worker()
  local message
  session, message = bundle:session()
  if not session then error("almanac: " .. message, 0) end
  report_gauges()
  local started
  started, message = ngx.timer.every(settings.reload_seconds, refresh)
  if not started then
    ngx.log(ngx.ERR, "almanac: new bundles are not noticed and statistics stand still, no timer: ", message)
  end
end

--- Asks the bundle. Returns the session's reply; with `hit` false also for an entry that is denied.
-- nil and a message if the text or the variables are at fault.
-- @param text nil if there is a prompt
-- @param prompt nil, or the name of one of the bundle, which the variables fill
function served_bundle.ask(text, variables, prompt)
  -- A question without any is asked faster.
  local given
  if has_options or variables or prompt then
    options.variables, options.prompt = variables, prompt
    given = options
  end
  local reply, message = session:ask(text, given)
  if not reply then return nil, message end
  -- What the bundle said, not what becomes of it: drift is about the questions that come.
  drift.count(reply)
  bundle_health.note(reply)
  if denied then
    if reply.hit then
      local reason = denied:reason(reply.entry)
      if reason then
        return { hit = false, reason = reason, suggestions = {}, bundle_version = reply.bundle_version,
          micros = reply.micros }
      end
    else
      local allowed = {}
      for _, suggestion in ipairs(reply.suggestions) do
        if not denied:reason(suggestion.entry) then allowed[#allowed + 1] = suggestion end
      end
      reply.suggestions = allowed
    end
  end
  return reply
end

--- What the bundle in use is, as the binding's `describe` tells it.
function served_bundle.describe() return bundle:describe() end

--- Adds this worker's part to the window that drift is told from.
function served_bundle.flush_drift() drift.flush(bundle:describe()) end

return served_bundle
