-- One limit's pace, as `pace.rs` keeps it within a process; times in microseconds of this server's clock.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local SLOWDOWN, MOST_SLOWNESS, CALM = 2, 16, 60000000

local function pace_of(key)
    local kept = redis.call('HMGET', key, 'spread', 'resumes', 'slowness', 'slowed')
    local pace = {
        spread = tonumber(kept[1]) or now,
        resumes = tonumber(kept[2]) or now,
        slowness = tonumber(kept[3]) or 1,
        slowed = tonumber(kept[4]) or now,
    }
    -- How slow it is now: half of it fades with each calm minute.
    local calm = math.max(0, math.floor((now - pace.slowed) / CALM))
    pace.slow = math.max(1, pace.slowness / 2 ^ calm)
    return pace
end

-- A rested pace is the same as none, so the key ends then.
local function keep(key, pace)
    local rested = math.max(pace.spread, pace.resumes)
    if pace.slowness > 1 then
        rested = math.max(rested, pace.slowed + CALM * math.ceil(math.log(pace.slowness) / math.log(2)))
    end
    redis.call('HSET', key,
        'spread', string.format('%.0f', pace.spread),
        'resumes', string.format('%.0f', pace.resumes),
        'slowness', string.format('%.0f', pace.slowness),
        'slowed', string.format('%.0f', pace.slowed))
    redis.call('PEXPIRE', key, string.format('%.0f', math.ceil((rested - now) / 1000) + 1000))
end
