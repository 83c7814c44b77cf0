--- How many members the objects of a JSON text have, as it is written.
--
-- A JSON decoder keeps one of two members of the same name, and which one differs from decoder to decoder. A text whose
-- written members outnumber the decoded ones has such a pair.

local ffi = require "ffi"

local quote, backslash, colon, space = 0x22, 0x5C, 0x3A, 0x20

--- The number of colons outside strings, which is the number of members.
-- nil if a string holds an unescaped control character, which JSON forbids and decoders let pass.
-- @param text what a decoder has accepted as JSON
return function(text)
  local bytes = ffi.cast("const uint8_t *", text)
  local count, position, length = 0, 0, #text
  while position < length do
    local byte = bytes[position]
    if byte == colon then
      count = count + 1
    elseif byte == quote then
      position = position + 1
      while position < length and bytes[position] ~= quote do
        if bytes[position] == backslash then position = position + 1 end
        if position < length and bytes[position] < space then return nil end
        position = position + 1
      end
    end
    position = position + 1
  end
  return count
end
