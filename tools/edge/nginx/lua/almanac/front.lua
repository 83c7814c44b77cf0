--- What the nginx configuration calls.

local served_bundle = require "almanac.served_bundle"
local settings = require "almanac.settings"
local statistics = require "almanac.statistics"

local front = {}

--- In `init_by_lua_block`: checks the settings and opens the bundle. README.md lists the settings.
function front.configure(given)
  local values = settings.set(given)
  served_bundle.open(values)
  -- Loaded before the workers are forked.
  front.chat = require "almanac.chat"
  front.ask = require "almanac.ask"
end

--- In `init_worker_by_lua_block`.
function front.start_worker() served_bundle.start_worker() end

--- In `exit_worker_by_lua_block`.
function front.end_worker()
  statistics.flush()
  served_bundle.flush_drift()
end

--- In the `content_by_lua_block` of the location of the statistics.
function front.statistics()
  served_bundle.flush_drift()
  ngx.header["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
  ngx.print(statistics.text(require("almanac.drift").lines(served_bundle.describe())))
end

return front
