//! Names as a screen shows them: the first label under a legend that spells the whole, or the whole where another host
//! shares the label. A name is never cut. It knows nothing but names.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::declaration::{Phrase, Piece};
use model::estate::{Estate, FrontEndId, HostId, InstanceId, PoolId};
use serde::Serialize;
use topology::names::Fqdn;

/// A text in two lengths: for a table under a legend, and with whole names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Text {
    /// With first labels.
    pub short: String,
    /// With whole names.
    pub full: String,
}

impl Text {
    /// A text without names.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        let short = text.into();
        Self { full: short.clone(), short }
    }
}

/// A name of the legend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spelt {
    /// As tables show it.
    pub short: String,
    /// The whole name.
    pub full: String,
}

/// How the names of an estate are written.
#[derive(Clone)]
pub struct Names<'a> {
    /// The estate.
    pub estate: &'a Estate,
    shared: Rc<BTreeSet<String>>,
    whole: bool,
}

impl<'a> Names<'a> {
    /// The names of an estate, short where a label is nobody else's.
    #[must_use]
    pub fn new(estate: &'a Estate) -> Self {
        let machines = estate.hosts.iter().chain(estate.front_ends.iter().map(|f| &f.fqdn));
        let machines: BTreeSet<&Fqdn> = machines.chain(estate.pools.iter().map(|p| &p.fqdn)).collect();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for name in machines {
            *seen.entry(name.label().to_lowercase()).or_default() += 1;
        }
        let shared = seen.into_iter().filter(|(_, n)| *n > 1).map(|(label, _)| label).collect();
        Self { estate, shared: Rc::new(shared), whole: false }
    }

    /// The same names, whole.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self { whole: true, ..self.clone() }
    }

    /// A text in both lengths.
    pub fn both(&self, text: impl Fn(&Self) -> String) -> Text {
        Text { short: text(self), full: text(&self.whole()) }
    }

    /// A machine.
    #[must_use]
    pub fn machine(&self, name: &Fqdn) -> String {
        let label = name.label();
        if self.whole || self.shared.contains(&label.to_lowercase()) { name.to_string() } else { label.to_owned() }
    }

    /// A host of SQL Server.
    #[must_use]
    pub fn host(&self, h: HostId) -> String {
        self.machine(self.estate.host(h))
    }

    /// A SQL Server instance; by its host alone where that has one instance only.
    #[must_use]
    pub fn instance(&self, i: InstanceId) -> String {
        let instance = self.estate.instance(i);
        let machine = self.machine(&instance.name.host);
        if self.whole || machine == instance.name.host.as_str() {
            return instance.name.to_string();
        }
        let several = self.estate.instances_on(instance.host).len() > 1;
        let named = several && !instance.name.name.is_default();
        if named { format!("{machine}\\{}", instance.name.name) } else { machine }
    }

    /// A Front End.
    #[must_use]
    pub fn front_end(&self, f: FrontEndId) -> String {
        self.machine(&self.estate.front_end(f).fqdn)
    }

    /// A pool, always whole.
    #[must_use]
    pub fn pool(&self, p: PoolId) -> String {
        self.estate.pool(p).fqdn.to_string()
    }

    /// A phrase of a declaration.
    #[must_use]
    pub fn phrase(&self, phrase: &Phrase) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Host(h) => self.host(*h),
            Piece::Instance(i) => self.instance(*i),
            Piece::FrontEnd(f) => self.front_end(*f),
            Piece::Pool(p) => self.pool(*p),
        };
        phrase.0.iter().map(piece).collect()
    }

    /// The legend: SQL Servers, then Front Ends of some pools. Names that are shown whole anyway are left out.
    #[must_use]
    pub fn legend(&self, instances: &BTreeSet<InstanceId>, pools: &[PoolId]) -> Vec<Spelt> {
        let servers = instances.iter().map(|&i| (self.instance(i), self.estate.instance(i).name.to_string()));
        let front_ends = pools.iter().flat_map(|&p| &self.estate.pool(p).front_ends);
        let front_ends = front_ends.map(|&f| (self.front_end(f), self.estate.front_end(f).fqdn.to_string()));
        let all = servers.chain(front_ends).map(|(short, full)| Spelt { short, full });
        all.filter(|s| s.short != s.full).collect()
    }
}
