-- Pauses a limit for ARGV[1], slows it unless it pauses already, and tells the processes: ARGV[4] is the
-- channel, ARGV[5] the message. ARGV[2] is the interval, ARGV[3] the burst.
local pace = pace_of(KEYS[1])
if now >= pace.resumes then
    pace.slow = math.min(pace.slow * SLOWDOWN, MOST_SLOWNESS)
    pace.slowness = math.ceil(pace.slow)
end
pace.resumes = math.max(pace.resumes, now + tonumber(ARGV[1]))
pace.slowed = pace.resumes
-- The pause ends without a burst, and what was granted before it is granted anew.
pace.spread = pace.resumes + tonumber(ARGV[2]) * pace.slow * (tonumber(ARGV[3]) - 1)
keep(KEYS[1], pace)
redis.call('PUBLISH', ARGV[4], ARGV[5])
