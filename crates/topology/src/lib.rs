//! Topology Builder documents: lossless text, typed view, edits. Knows nothing of SQL roles, plans or people.

#![expect(clippy::result_large_err, reason = "a diagnostic is made at most once per document, and then shown")]

mod builder;
mod compare;
mod document;
mod edit;
mod encoding;
mod facets;
mod fault;
mod findings;
mod lines;
mod parse;
#[cfg(test)]
mod parse_tests;
mod pools;
mod published;
mod records;
mod repoint;
mod slot_differences;
mod slots;
mod source;
mod spelling;
mod splice;
mod store;
mod strange;
mod syntax;
mod tree;
mod view;
mod vocabulary;
mod words;

pub mod diagnostic;
pub mod names;

pub use compare::{Comparison, Difference, DifferenceKind, Equal, FormsDiffer, Subject, compare};
pub use diagnostic::{Diagnostic, Mark};
pub use document::Document;
pub use edit::{Edit, EditRefusal};
pub use encoding::Encoding;
pub use lines::LineEnding;
pub use names::{Fqdn, InstanceName, NameError, SqlInstance};
pub use pools::{CentralManagement, FrontEnd, Pool, product};
pub use slot_differences::{Slot, SlotDifference, SlotValue};
pub use slots::{Mirroring, Slots, Spelling};
pub use source::SIZE_LIMIT;
pub use spelling::Evidence;
pub use store::StoreRole;
pub use view::{Cluster, Dependency, Form, ListedSqlInstance, Machine, Service, Site, Topology};
pub use words::Words;
