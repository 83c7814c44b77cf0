--- A copy of what the upstream replied, taken while nginx passes it on.

local kept_reply = {}
kept_reply.__index = kept_reply

-- What concerns one connection or one client, not the reply.
local own_headers = {
  ["connection"] = true, ["content-length"] = true, ["date"] = true, ["keep-alive"] = true, ["server"] = true,
  ["set-cookie"] = true, ["trailer"] = true, ["transfer-encoding"] = true, ["upgrade"] = true,
}

--- An empty copy that gives up beyond `maximum` bytes of body.
function kept_reply.new(maximum)
  return setmetatable({ maximum = maximum, length = 0, parts = {}, whole = false, too_long = false }, kept_reply)
end

--- Copies status and headers; to be called when they are sent.
function kept_reply:begin()
  self.status = ngx.status
  self.headers = {}
  local headers = ngx.resp.get_headers(0)
  self.expected = tonumber(headers["content-length"])
  for name, value in pairs(headers) do
    if not own_headers[name] and name:sub(1, 10) ~= "x-almanac-" and name ~= "x-almanac" then
      self.headers[name] = value
    end
  end
end

--- Copies a part of the body, and notes in `whole` that its end has come: before the client can know.
-- @param is_last whether the body ended as its sender meant it to
function kept_reply:add(bytes, is_last)
  if is_last then self.whole = true end
  if not bytes or bytes == "" then return end
  self.length = self.length + #bytes
  if self.length == self.expected then self.whole = true end
  if self.too_long then return end
  if self.length > self.maximum then
    self.too_long, self.parts = true, nil
  else
    self.parts[#self.parts + 1] = bytes
  end
end

--- Whether all of the reply is here.
function kept_reply:is_complete() return self.status ~= nil and self.whole and not self.too_long end

--- The body of a complete reply.
function kept_reply:body() return table.concat(self.parts) end

return kept_reply
