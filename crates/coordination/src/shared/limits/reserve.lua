-- Takes a slot of the first limit if it comes within ARGV[1], and while there is nothing to wait for, of
-- the following. Of a single limit, takes ARGV[2] slots in a row. ARGV goes on with interval and burst of
-- each. Returns how many limits were taken, the wait for the first slot, from when on further slots are
-- spread, relative to now, and their interval.
local at_most, count = tonumber(ARGV[1]), tonumber(ARGV[2])
local taken, wait, first, interval = 0, 0, 0, 0
for i, key in ipairs(KEYS) do
    local pace = pace_of(key)
    interval = math.ceil(tonumber(ARGV[1 + 2 * i]) * pace.slow)
    local ahead = interval * (tonumber(ARGV[2 + 2 * i]) - 1)
    local slot = math.max(pace.spread - ahead, pace.resumes, now)
    if i > 1 and slot > now then
        break
    end
    wait = slot - now
    if wait > at_most then
        break
    end
    local spread = math.max(pace.spread, slot)
    first = spread - ahead - now
    pace.spread = spread + interval * count
    keep(key, pace)
    taken = i
    if wait > 0 then
        break
    end
end
return { taken, wait, first, interval }
