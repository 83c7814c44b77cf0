--- Says in the log, once for each bundle and worker, why the bundle in use stops answering: damage, or its end of validity.

local bundle_health = {}

--- The questions that met damage in the bundle in use, and what was told of it.
local damaged, told_damage, told_expiry = 0, false, false

--- Forgets what was said of the bundle before.
function bundle_health.begin_anew() damaged, told_damage, told_expiry = 0, false, false end

--- Looks at what the bundle said to a question.
function bundle_health.note(reply)
  if reply.reason == "damaged" then damaged = damaged + 1 end
end

--- Tells what was not told yet.
-- @param name the files of the bundle
-- @param bundle what it is, as the binding's `describe` tells it
function bundle_health.tell(name, bundle)
  if bundle.expiry and bundle.expiry <= ngx.time() then
    -- Questions to a layer that has expired meet `damaged`; this is why.
    if not told_expiry then
      ngx.log(ngx.ALERT, "almanac: ", name, ", version ", bundle.version, ", has expired; nothing is answered from it until a ",
        "newer one lies in its place")
    end
    told_expiry = true
  elseif damaged > 0 and not told_damage then
    told_damage = true
    ngx.log(ngx.ALERT, "almanac: ", name, ", version ", bundle.version, ", is damaged; questions that meet the damage go to the ",
      "model; find it with almanac verify, and put a whole file in its place")
  end
end

return bundle_health
