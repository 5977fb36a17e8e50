//! One limit: when the next request may go, and how a flood slows it down for a while.

use std::time::Duration;

use tokio::time::Instant;

/// How much Telegram takes, as a steady interval and a number that may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    interval: Duration,
    burst: u32,
}

impl Quota {
    /// One request an interval; after a rest, `burst` (at least 1) at once.
    pub const fn every(interval: Duration, burst: u32) -> Self {
        Self { interval, burst: if burst == 0 { 1 } else { burst } }
    }

    /// As many requests as possible with never more than `count` in any span of `period`. `burst` of
    /// them may come at once, which makes the steady pace somewhat slower.
    pub const fn within(count: u32, period: Duration, burst: u32) -> Self {
        let burst = if burst == 0 { 1 } else { burst };
        let paced = count.saturating_sub(burst) + 1;
        Self { interval: Duration::from_nanos((period.as_nanos() as u64).div_ceil(paced as u64)), burst }
    }

    /// No limit but what floods impose.
    pub(crate) const UNLIMITED: Self = Self::every(Duration::ZERO, 1);

    /// One of so many equal parts, for who cannot agree with the others.
    pub(crate) fn part(self, parts: u32) -> Self {
        Self::every(self.interval * parts, self.burst / parts)
    }

    /// The same with an interval so many times longer.
    pub(crate) fn slower(self, factor: f64) -> Self {
        Self::every(self.interval.mul_f64(factor), self.burst)
    }

    /// The steady interval.
    pub(crate) const fn interval(self) -> Duration {
        self.interval
    }

    /// How many may come at once; at least 1.
    pub(crate) const fn burst(self) -> u32 {
        self.burst
    }
}

// `shared/limits/pace.lua` says the same in Redis.

/// After a flood, the interval is so many times longer, again and again up to [`MOST_SLOWNESS`].
const SLOWDOWN: f64 = 2.0;
const MOST_SLOWNESS: f64 = 16.0;

/// The slowness halves whenever so much time has passed without a flood.
const CALM: Duration = Duration::from_secs(60);

/// How a quota was used lately (GCRA: one instant says it all).
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// When all that was granted so far will have been spread evenly.
    spread: Instant,
    /// The end of the last pause.
    resumes: Instant,
    /// How slow the last flood made it, and since when this fades.
    slowness: f64,
    slowed: Instant,
}

impl Pace {
    pub fn fresh(now: Instant) -> Self {
        Self { spread: now, resumes: now, slowness: 1.0, slowed: now }
    }

    /// When the next request may go.
    pub fn earliest(&self, quota: Quota, now: Instant) -> Instant {
        let ahead = self.interval(quota, now) * (quota.burst - 1);
        let slot = self.spread.checked_sub(ahead).unwrap_or(now);
        slot.max(self.resumes).max(now)
    }

    /// Grants a request for `at`.
    pub fn take(&mut self, quota: Quota, at: Instant) {
        self.spread = self.spread.max(at) + self.interval(quota, at);
    }

    /// Telegram refused: nothing goes before `until`, and after that more slowly. Refusals that come
    /// in during the pause are of the same flood and slow no further.
    pub fn pause(&mut self, quota: Quota, now: Instant, until: Instant) {
        if now >= self.resumes {
            self.slowness = (self.slowness(now) * SLOWDOWN).min(MOST_SLOWNESS);
        }
        self.resumes = self.resumes.max(until);
        self.slowed = self.resumes;
        // The pause ends without a burst, and what was granted before it is granted anew.
        self.spread = self.resumes + self.interval(quota, now) * (quota.burst - 1);
    }

    /// When the pause ends, if there is one.
    pub fn paused(&self, now: Instant) -> Option<Instant> {
        Some(self.resumes).filter(|resumes| *resumes > now)
    }

    /// Whether forgetting this changes nothing.
    pub fn is_rested(&self, now: Instant) -> bool {
        self.spread <= now && self.resumes <= now && self.slowness(now) <= 1.0
    }

    fn interval(&self, quota: Quota, now: Instant) -> Duration {
        quota.interval.mul_f64(self.slowness(now))
    }

    fn slowness(&self, now: Instant) -> f64 {
        let calm = now.saturating_duration_since(self.slowed).as_secs() / CALM.as_secs();
        (self.slowness / (calm as f64).exp2()).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// The slots of so many requests that are made at once, in milliseconds.
    fn slots(pace: &mut Pace, quota: Quota, now: Instant, count: usize) -> Vec<u128> {
        let slot = |_| {
            let at = pace.earliest(quota, now);
            pace.take(quota, at);
            (at - now).as_millis()
        };
        (0..count).map(slot).collect()
    }

    #[test]
    fn a_burst_and_then_one_an_interval() {
        let (now, quota) = (Instant::now(), Quota::every(SECOND, 3));
        let mut pace = Pace::fresh(now);
        assert_eq!(slots(&mut pace, quota, now, 6), [0, 0, 0, 1000, 2000, 3000]);
        assert!(!pace.is_rested(now + SECOND * 5));
        assert!(pace.is_rested(now + SECOND * 6));
        assert_eq!(slots(&mut pace, quota, now + SECOND * 6, 4), [0, 0, 0, 1000]);
    }

    #[test]
    fn no_span_holds_more_than_its_count() {
        let minute = Duration::from_secs(60);
        for (count, period, burst) in
            [(20, minute, 3), (20, minute, 1), (30, SECOND, 3), (500, SECOND, 25), (1, SECOND, 1)]
        {
            let (now, quota) = (Instant::now(), Quota::within(count, period, burst));
            let mut pace = Pace::fresh(now);
            let mut slots = Vec::new();
            for _ in 0..count * 3 {
                let at = pace.earliest(quota, now);
                pace.take(quota, at);
                slots.push(at);
            }
            let most = slots.iter().map(|from| {
                slots.iter().filter(|at| *at >= from && at.duration_since(*from) < period).count()
            });
            assert_eq!(most.max(), Some(count as usize), "{count} in {period:?}");
        }
    }

    #[test]
    fn a_flood_pauses_slows_and_is_forgotten() {
        let (now, quota) = (Instant::now(), Quota::every(SECOND, 3));
        let mut pace = Pace::fresh(now);
        pace.pause(quota, now, now + SECOND * 10);
        pace.pause(quota, now, now + SECOND * 10);
        assert_eq!(slots(&mut pace, quota, now, 3), [10_000, 12_000, 14_000], "no burst, half the speed");
        assert!(!pace.is_rested(now + SECOND * 60), "the flood is remembered");
        let calm = now + SECOND * 70;
        assert_eq!(slots(&mut pace, quota, calm, 6), [0, 0, 0, 1000, 2000, 3000]);
        assert!(pace.is_rested(calm + SECOND * 6));
    }

    #[test]
    fn slowness_has_a_bound() {
        let (now, quota) = (Instant::now(), Quota::every(SECOND, 1));
        let mut pace = Pace::fresh(now);
        for round in 0..20 {
            let now = now + SECOND * round;
            pace.pause(quota, now, now + SECOND);
        }
        let end = now + SECOND * 20;
        assert_eq!(slots(&mut pace, quota, end, 3), [0, 16_000, 32_000]);
    }
}
