--- A file that rows of JSON are added to by several workers, bounded in size.

local ffi = require "ffi"
local statistics = require "almanac.statistics"

ffi.cdef [[
int open(const char *path, int flags, ...);
ssize_t write(int file, const void *bytes, size_t count);
int64_t lseek(int file, int64_t offset, int whence);
int close(int file);
int rename(const char *from, const char *to);
]]

local json_lines_file = {}
json_lines_file.__index = json_lines_file

-- O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC and SEEK_END of Linux; only the owner may read what users asked.
local append = 0x1 + 0x40 + 0x400 + 0x80000
local owner_only = 0x180
local from_end = 2

--- The file at `path`. When it has reached `maximum_bytes` it is renamed to `path.1`, whose earlier content is lost.
function json_lines_file.new(path, maximum_bytes)
  return setmetatable({ path = path, maximum_bytes = maximum_bytes }, json_lines_file)
end

--- Lets the file begin anew if it is full. One worker does it; the others' next rows go to the new file.
function json_lines_file:rotate(file)
  if ffi.C.lseek(file, 0, from_end) < self.maximum_bytes then return end
  if ngx.shared.almanac_statistics:add("rotation:" .. self.path, true, 1) then
    ffi.C.rename(self.path, self.path .. ".1")
  end
end

--- Adds a row, in one call of the operating system, so that rows of several workers do not mix.
-- @param row JSON; line breaks between its parts become spaces
function json_lines_file:add(row)
  local file = ffi.C.open(self.path, append, ffi.cast("int", owner_only))
  local written = false
  if file >= 0 then
    local line = row:gsub("[\r\n]", " ") .. "\n"
    written = ffi.C.write(file, line, #line) == #line
    self:rotate(file)
  end
  if file >= 0 then ffi.C.close(file) end
  if not written then
    statistics.add "almanac_log_failures_total"
    ngx.log(ngx.ERR, "almanac: a row for ", self.path, " is lost, error ", ffi.errno(),
      "; check that the folder exists, is writable and has space")
  end
end

return json_lines_file
