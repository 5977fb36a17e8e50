//! Chance.

/// A source of unpredictable bytes. Tests replace it by a seeded one.
pub trait Random: Send + Sync {
    /// Fills the slice with bytes fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random + '_ {
    /// A number of 63 bits, for keys made by the program.
    pub fn id(&self) -> i64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        i64::from_be_bytes(bytes) & i64::MAX
    }

    /// A fraction in `0.0..1.0`, for jitter.
    pub fn fraction(&self) -> f64 {
        // 53 bits, which is what an f64 holds exactly.
        (self.id() >> 10) as f64 / (1u64 << 53) as f64
    }
}
