-- GIVEN: one document per line, as x and its bytes in hex. MADE: the pages in the same form. READER: the format to read.
local function unhex(s) return (s:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end)) end
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end

local made = io.open(os.getenv("MADE"), "w")
for line in io.lines(os.getenv("GIVEN")) do
  local page = pandoc.write(pandoc.read(unhex(line:sub(2)), os.getenv("READER")), "html")
  made:write("x", hex(page), "\n")
end
made:close()
