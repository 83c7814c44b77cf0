--- Entries that must not be answered any more, though they are in the bundle.
--
-- The list is a text file with one entry id a line (`#` begins a comment line) and a minisign signature beside it. It is
-- read again when either file changes. While there is no list whose signature holds, nothing at all is denied or
-- allowed by it: every look-up is refused, so that neither deleting nor damaging the list brings an answer back.

local minisign = require "almanac.minisign"

local deny_list = {}
deny_list.__index = deny_list

local function contents(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text = file:read "*a"
  file:close()
  return text, path .. " cannot be read"
end

--- The list that `settings` names: `file`, `signature`, `public_key`, which is one.
function deny_list.new(settings)
  local key = minisign.public_key(settings.public_key)
  return setmetatable({ settings = settings, key = key, denied = nil, count = 0, read = nil, failures = 0 }, deny_list)
end

--- Reads the files again. A list that fails to verify replaces the one in force at the second attempt in a row, since the
-- two files cannot be exchanged in one step.
-- @return nil, or a message for the log
function deny_list:refresh()
  local text, message = contents(self.settings.file)
  local signature
  if text then signature, message = contents(self.settings.signature) end
  local now = text and signature and text .. "\0" .. signature
  if now and now == self.read and self.denied then return nil end
  if now then
    local valid, fault = minisign.verify(text, signature, self.key)
    if valid then
      self.denied, self.count, self.read, self.failures = {}, 0, now, 0
      for line in text:gmatch "[^\r\n]+" do
        if line:sub(1, 1) ~= "#" and not self.denied[line] then
          self.denied[line] = true
          self.count = self.count + 1
        end
      end
      return nil
    end
    message = self.settings.signature .. " " .. fault
  end
  self.failures = self.failures + 1
  if self.failures < 2 and self.denied then return nil end
  local is_news = self.denied ~= nil or self.failures == 1
  self.denied, self.count, self.read = nil, 0, nil
  return is_news and message .. "; nothing is answered from the bundle until the deny list and its signature are right" or nil
end

--- Why an entry must not be answered: nil, `denied`, or `deny-list` while there is no valid list.
function deny_list:reason(entry)
  if not self.denied then return "deny-list" end
  return self.denied[entry] and "denied" or nil
end

return deny_list
