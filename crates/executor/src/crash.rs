//! Dying on purpose: points around every journal record and every act at which a test lets the process end. In earnest
//! there is no such point. It knows nothing of steps.

/// Where a process may die.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrashPoint {
    /// Before the nth record of the run is written, from 1.
    BeforeRecord(u32),
    /// After it.
    AfterRecord(u32),
    /// Before the nth act of the run, from 1.
    BeforeAct(u32),
    /// After it.
    AfterAct(u32),
}

/// Whether and where to die.
#[derive(Debug, Default)]
pub struct CrashPlan {
    die_at: Option<(CrashPoint, fn())>,
    records: u32,
    acts: u32,
}

impl CrashPlan {
    /// Nowhere.
    #[must_use]
    pub fn never() -> Self {
        Self::default()
    }

    /// At that point, by calling `die`, which ends the process: `std::process::abort`.
    #[must_use]
    pub fn at(point: CrashPoint, die: fn()) -> Self {
        Self { die_at: Some((point, die)), records: 0, acts: 0 }
    }

    fn reach(&self, point: CrashPoint) {
        if let Some((at, die)) = self.die_at
            && at == point
        {
            die();
        }
    }

    pub(crate) fn before_record(&mut self) {
        self.records += 1;
        self.reach(CrashPoint::BeforeRecord(self.records));
    }

    pub(crate) fn after_record(&self) {
        self.reach(CrashPoint::AfterRecord(self.records));
    }

    pub(crate) fn before_act(&mut self) {
        self.acts += 1;
        self.reach(CrashPoint::BeforeAct(self.acts));
    }

    pub(crate) fn after_act(&self) {
        self.reach(CrashPoint::AfterAct(self.acts));
    }
}
