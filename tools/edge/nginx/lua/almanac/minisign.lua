--- Signatures in the form of minisign (https://jedisct1.github.io/minisign/), of both its kinds.

local crypto = require "almanac.crypto"

local minisign = {}

--- Reads a public key as minisign prints it, `RW…`. nil if it is none.
-- @return {id = 8 bytes, key = 32 bytes}
function minisign.public_key(text)
  local bytes = ngx.decode_base64(text)
  if not bytes or #bytes ~= 42 or bytes:sub(1, 2) ~= "Ed" then return nil end
  return { id = bytes:sub(3, 10), key = bytes:sub(11) }
end

--- Whether `signature`, the text of a `.minisig` file, is one of `message` under `public_key`, its trusted comment
-- included. Returns true, or nil and what is wrong.
function minisign.verify(message, signature, public_key)
  local first, comment, second = signature:match("^[^\n]*\n([^\r\n]+)\r?\ntrusted comment: ([^\r\n]*)\r?\n([^\r\n]+)")
  local block = first and ngx.decode_base64(first)
  local global = second and ngx.decode_base64(second)
  if not block or #block ~= 74 or not global then return nil, "is no minisign signature" end
  if block:sub(3, 10) ~= public_key.id then return nil, "was made with another key" end
  local kind, own = block:sub(1, 2), block:sub(11)
  local signed
  if kind == "ED" then
    signed = crypto.blake2b512(message)
  elseif kind == "Ed" then
    signed = message
  else
    return nil, "is of an unknown kind"
  end
  if not crypto.is_signed(signed, own, public_key.key) then return nil, "does not belong to the file" end
  if not crypto.is_signed(own .. comment, global, public_key.key) then return nil, "has a forged trusted comment" end
  return true
end

return minisign
