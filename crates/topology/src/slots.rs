//! Which SQL instance is in which slot of a store, as far as the document says it in words that are understood.
//! It knows how mirroring is spelt only through `spelling.rs`.
//!
//! The rules, first match wins: two dependencies on stores of the role, on different instances, one `Default` and one
//! that names a mirror → mirrored; anything that is not recognised → unknown; one `Default` dependency → nothing is
//! recognised. Several stores of one role are no mirror: paired pools have them. So the judgement is per consumer.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Mark;
use crate::fault::quote;
use crate::names::{Fqdn, SqlInstance};
use crate::records::Installed;
use crate::spelling::{Evidence, mirror_usage};
use crate::store::StoreRole;
use crate::strange::{on_dependency, on_sql_instance, on_store_service, whole};
use crate::view::Topology;
use crate::vocabulary::DEFAULT_USAGE;

/// The slots of one store of one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    /// The store.
    pub store: StoreRole,
    /// The instance in the primary slot; none only where mirroring is unknown and no single store is the default.
    pub primary: Option<SqlInstance>,
    /// What is in the mirror slot.
    pub mirroring: Mirroring,
}

impl Slots {
    /// The instance in the mirror slot, if one is understood.
    #[must_use]
    pub fn mirror(&self) -> Option<&SqlInstance> {
        match &self.mirroring {
            Mirroring::Mirrored { mirror, .. } => Some(mirror),
            Mirroring::NotConfigured { .. } | Mirroring::Unknown { .. } => None,
        }
    }
}

/// Whether a store is mirrored, and how sure that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mirroring {
    /// Nothing is recognised. That is no proof of absence, and never enough for a destructive step.
    NotConfigured {
        /// SQL instances of the document without any service: each may be a mirror or a witness that is not understood.
        possible: Arc<[SqlInstance]>,
    },
    /// Two stores in a relation that reads as a mirror.
    Mirrored {
        /// The instance in the primary slot.
        primary: SqlInstance,
        /// The instance in the mirror slot.
        mirror: SqlInstance,
        /// The word that says so.
        spelling: Spelling,
        /// Where that word stands.
        excerpt: Mark,
    },
    /// Something stands there that is not understood.
    Unknown {
        /// What, in one clause.
        reason: String,
        /// Where it stands.
        excerpt: Mark,
    },
}

/// The word by which a dependency was read as a mirror.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spelling {
    /// `Dependency/@Usage`, as the document spells it.
    pub usage: String,
    /// How sure the meaning is.
    pub evidence: Evidence,
}

/// What in a document says the slots of one store: the consumer and its dependencies.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    /// Number of the consumer's service.
    pub(crate) consumer: u32,
    /// Numbers of its dependencies on stores of the role, and of those that lead nowhere and name no role.
    pub(crate) dependencies: Vec<u32>,
    /// Other services of the consumer's role on the same cluster that depend on such a store too.
    pub(crate) rivals: usize,
}

/// A store that is read as mirrored, as numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) primary: u32,
    pub(crate) mirror: u32,
    /// The dependency on the mirror.
    pub(crate) mirror_dependency: u32,
    pub(crate) evidence: Evidence,
}

impl Topology {
    /// The slots of a store of a pool; none if no service of the pool depends on such a store.
    #[must_use]
    pub fn slots(&self, pool: &Fqdn, store: StoreRole) -> Option<Slots> {
        self.relation(pool, store).map(|relation| self.judge(&relation, store))
    }

    pub(crate) fn relation(&self, pool: &Fqdn, store: StoreRole) -> Option<Relation> {
        self.clusters_named(pool).iter().find_map(|&cluster| self.relation_on(cluster, store))
    }

    pub(crate) fn relation_on(&self, cluster: u32, store: StoreRole) -> Option<Relation> {
        // Without its store such a service does not exist, so a dependency that leads nowhere is taken for it.
        let always = matches!(store, StoreRole::User | StoreRole::Application | StoreRole::CentralMgmt);
        let mut found: Option<Relation> = None;
        for consumer in self.services_on(cluster) {
            let service = self.service(consumer);
            if &*service.role != store.consumer() {
                continue;
            }
            let role = |n: &u32| self.dependency(*n).role.as_deref();
            let fits = |n: &u32| role(n).is_none_or(|r| r == store.xml_name());
            let dependencies: Vec<u32> = service.dependencies.clone().filter(fits).collect();
            if dependencies.is_empty() || !(always || dependencies.iter().any(|n| role(n).is_some())) {
                continue;
            }
            match &mut found {
                None => found = Some(Relation { consumer, dependencies, rivals: 0 }),
                Some(relation) => relation.rivals += 1,
            }
        }
        found
    }

    pub(crate) fn judge(&self, relation: &Relation, store: StoreRole) -> Slots {
        let primary = self.primary(relation);
        let mirroring = self.mirrored(relation).or_else(|| self.unknown(relation, store, primary.is_some()));
        let mirroring = mirroring.unwrap_or_else(|| Mirroring::NotConfigured { possible: self.unused.clone() });
        Slots { store, primary, mirroring }
    }

    /// The two stores of a relation that reads as a mirror, without regard to what their instances are called.
    pub(crate) fn pair(&self, relation: &Relation) -> Option<Pair> {
        let &[a, b] = relation.dependencies.as_slice() else { return None };
        let evidence = |n| mirror_usage(&self.usage(n)?);
        let (default, mirror, evidence) = match (self.is_default(a), self.is_default(b)) {
            (true, false) => (a, b, evidence(b)?),
            (false, true) => (b, a, evidence(a)?),
            _ => return None,
        };
        let store = |n| self.dependency(n).target;
        let pair = Pair { primary: store(default)?, mirror: store(mirror)?, mirror_dependency: mirror, evidence };
        match (self.service(pair.primary).installed, self.service(pair.mirror).installed) {
            (Installed::Sql(p), Installed::Sql(m)) if p != m && relation.rivals == 0 => Some(pair),
            _ => None,
        }
    }

    fn mirrored(&self, relation: &Relation) -> Option<Mirroring> {
        let pair = self.pair(relation)?;
        let (primary, mirror) = (self.instance_of(pair.primary)?.clone(), self.instance_of(pair.mirror)?.clone());
        let usage = self.usage(pair.mirror_dependency)?.into_owned();
        let excerpt = self.source.mark(self.usage_span(pair.mirror_dependency), "the document's own word");
        Some(Mirroring::Mirrored { primary, mirror, spelling: Spelling { usage, evidence: pair.evidence }, excerpt })
    }

    fn unknown(&self, relation: &Relation, store: StoreRole, primary_known: bool) -> Option<Mirroring> {
        let xml = self.xml();
        let unknown = |reason: String, place: Range<usize>, label: &str| {
            Some(Mirroring::Unknown { reason, excerpt: self.source.mark(place, label) })
        };
        let consumer = self.service(relation.consumer);
        if relation.rivals > 0 {
            let reason =
                format!("{} services of role {} use a {}", relation.rivals + 1, consumer.role, store.xml_name());
            return unknown(reason, xml.head(consumer.node), "the first of them");
        }
        for &number in &relation.dependencies {
            let node = self.dependency(number).node;
            if self.dependency(number).target.is_none() {
                return unknown("a dependency leads to no service".to_owned(), xml.head(node), "leads nowhere");
            }
            if !self.is_default(number) {
                let usage = self.usage(number).unwrap_or_default();
                let reason = format!("the usage \"{}\" is not understood here", quote(&usage));
                return unknown(reason, self.usage_span(number), "not \"Default\"");
            }
        }
        if let [_, second, ..] = relation.dependencies[..] {
            let reason =
                format!("{} depends on {} of {}", consumer.role, relation.dependencies.len(), store.xml_name());
            return unknown(reason, xml.head(self.dependency(second).node), "the second one");
        }
        let number = *relation.dependencies.first()?;
        let dependency = self.dependency(number);
        let service = self.service(dependency.target?);
        let strange = on_dependency(xml, dependency.node).or_else(|| on_store_service(xml, service.node));
        let strange = strange.or_else(|| match service.installed {
            Installed::Sql(sql) => on_sql_instance(xml, self.sql(sql).node),
            Installed::Cluster(_) | Installed::Nowhere => None,
        });
        if let Some((place, what)) = strange {
            return unknown(format!("{} is not known", quote(&what)), place, "not known");
        }
        if !primary_known {
            let reason = "the store is installed on no SQL instance that is known".to_owned();
            return unknown(reason, xml.head(service.node), "installed on what?");
        }
        None
    }

    /// The instance of the one store with usage `Default`.
    fn primary(&self, relation: &Relation) -> Option<SqlInstance> {
        let mut defaults = relation.dependencies.iter().filter(|&&n| self.is_default(n));
        let (Some(&only), None) = (defaults.next(), defaults.next()) else { return None };
        if relation.rivals > 0 {
            return None;
        }
        self.instance_of(self.dependency(only).target?).cloned()
    }

    /// The SQL instance that a store's service is installed on.
    pub(crate) fn instance_of(&self, service: u32) -> Option<&SqlInstance> {
        match self.service(service).installed {
            Installed::Sql(sql) => self.sql(sql).instance.as_ref(),
            Installed::Cluster(_) | Installed::Nowhere => None,
        }
    }

    pub(crate) fn usage(&self, dependency: u32) -> Option<std::borrow::Cow<'_, str>> {
        self.xml().value_of(self.dependency(dependency).node, "Usage")
    }

    fn is_default(&self, dependency: u32) -> bool {
        self.usage(dependency).as_deref() == Some(DEFAULT_USAGE)
    }

    fn usage_span(&self, dependency: u32) -> Range<usize> {
        let (xml, node) = (self.xml(), self.dependency(dependency).node);
        xml.attribute(node, "Usage").map_or_else(|| xml.head(node), whole)
    }
}
