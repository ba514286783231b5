//! What SQL Server says about one copy of a database, and how complete it is known to be. It reads through the views that
//! the operations reference names (§8.3), and compares only copies that answer.

use model::estate::{DatabaseId, InstanceId};
use model::field::{Field, Value};
use topology::names::SqlInstance;

use super::host::{Copy, CopyState, Role, Safety, Session, SessionState};
use super::observe::{Observer, Read};

/// The view that tells of sessions.
const VIEW: &str = "sys.database_mirroring";

impl Observer<'_> {
    pub(super) fn copy(&self, field: Field, d: DatabaseId, i: InstanceId) -> Read {
        let (at, name) = (&self.estate.instance(i).name, &self.estate.database(d).name);
        let Some(host) = self.world.host(&at.host).filter(|h| h.answers()) else {
            return Read::unknown(VIEW, Some(&at.host), "the machine does not answer");
        };
        let Some(server) = host.instance(&at.name) else {
            // The machine answers and has no such SQL Server: then there is no copy, and that is known.
            return Read::known(absent(field), "installed instances", Some(&at.host));
        };
        if !server.running {
            return Read::unknown(VIEW, Some(&at.host), "login timeout");
        }
        // A name alone does not make a copy: stores of other pools may use the same one.
        let Some(copy) = server.copy(name).filter(|c| self.same_family(d, c)) else {
            return Read::known(absent(field), "sys.databases", Some(&at.host));
        };
        if copy.state == CopyState::Recovering && !matches!(field, Field::Role(..) | Field::Content(..)) {
            return Read::unknown(
                VIEW,
                Some(&at.host),
                "the principal has lost its quorum and is not online: all columns are NULL",
            );
        }
        let session = copy.session.as_ref();
        match field {
            Field::Role(..) => Read::known(role(copy), VIEW, Some(&at.host)),
            Field::Session(..) => Read::known(session.map_or(Value::NoSession, state), VIEW, Some(&at.host)),
            Field::Safety(..) => Read::known(session.map_or(Value::Nothing, safety), VIEW, Some(&at.host)),
            Field::Witness(..) => {
                let witness = session.and_then(|s| s.witness.as_ref()).map(|w| w.instance.clone());
                match witness.map(|w| self.estate.instance_named(&w)) {
                    None => Read::known(Value::Nothing, VIEW, Some(&at.host)),
                    Some(Some(w)) => Read::known(w, VIEW, Some(&at.host)),
                    Some(None) => Read::unknown(VIEW, Some(&at.host), "the witness is not in the estate"),
                }
            }
            Field::WitnessLink(..) => {
                let link = session.and_then(|s| s.witness.as_ref()).map(|w| w.connected);
                let value = match link {
                    None => Value::Nothing,
                    Some(true) => Value::Connected,
                    Some(false) => Value::Disconnected,
                };
                Read::known(value, VIEW, Some(&at.host))
            }
            _ => self.content(at, copy),
        }
    }

    /// The store's databases are a family; any copy in one of its slots tells which.
    fn same_family(&self, d: DatabaseId, copy: &Copy) -> bool {
        let database = self.estate.database(d);
        let store = self.estate.store(database.store);
        let pool = &self.estate.pool(store.pool).fqdn;
        let Some(slots) = self.world.published.store(pool, store.kind).map(|s| &s.slots) else { return true };
        let in_slot = [Some(&slots.primary), slots.mirror.as_ref()].into_iter().flatten();
        let families: Vec<u32> =
            in_slot.filter_map(|at| self.world.copy(at, &database.name)).map(|c| c.family).collect();
        families.is_empty() || families.contains(&copy.family)
    }

    /// Whether a copy holds every transaction that any copy is known to hold. Copies that answer are compared by fork and
    /// log; a mirror that lost its principal is known by the last row of its mirroring monitor, and unknown without one
    /// (design §4: was the mirror synchronised when the principal was lost).
    fn content(&self, at: &SqlInstance, copy: &Copy) -> Read {
        let asked = Some(&at.host);
        let others = || {
            self.world
                .each_copy()
                .filter(|(.., c)| c.family == copy.family)
                .filter(|(h, i, _)| h.answers() && i.running && !(h.name == at.host && i.name == at.name))
                .map(|(.., c)| c)
        };
        if copy.empty {
            // Beside a copy with rows it stands in nobody's place: it waits for no data, and holds none.
            let value = if others().any(|c| !c.empty) { Value::Nothing } else { Value::Fresh };
            return Read::known(value, "sys.databases, create_date; no rows", asked);
        }
        if others().any(|c| c.fork > copy.fork) {
            return Read::known(Value::Superseded, "sys.database_recovery_status", asked);
        }
        // A principal without quorum: where its mirror was SYNCHRONIZED to the end, it may have failed over since.
        let exposed = copy.monitor.is_some_and(|row| !row.synchronized);
        if copy.state == CopyState::Recovering && !exposed && others().next().is_none() {
            let why = "the mirror may have failed over with the witness: neither answers";
            return Read::unknown("msdb, mirroring monitor", asked, why);
        }
        let ahead = others().any(|c| c.position() > copy.position());
        let lost_principal = copy.role() == Some(Role::Mirror)
            && copy
                .session
                .as_ref()
                .is_some_and(|s| s.state != SessionState::Synchronized && !self.world.answers(&s.partner));
        match (ahead, lost_principal, copy.monitor) {
            (true, ..) => Read::known(Value::Behind, "sys.master_files", asked),
            (false, true, Some(row)) => {
                let value = if row.synchronized { Value::Complete } else { Value::Behind };
                Read::known(value, "msdb, mirroring monitor", asked)
            }
            (false, true, None) => {
                let why = "the mirroring monitor has no row of the last contact";
                Read::unknown("msdb, mirroring monitor", asked, why)
            }
            (false, false, _) => Read::known(Value::Complete, "sys.master_files", asked),
        }
    }
}

/// What is known of a copy that does not exist.
fn absent(field: Field) -> Value {
    match field {
        Field::Role(..) => Value::Absent,
        Field::Session(..) => Value::NoSession,
        _ => Value::Nothing,
    }
}

fn role(copy: &Copy) -> Value {
    match (copy.role(), copy.state) {
        (_, CopyState::Recovering) => Value::Recovering,
        (Some(Role::Principal), _) => Value::Principal,
        (Some(Role::Mirror), _) => Value::Mirror,
        (None, CopyState::Restoring) => Value::Restoring,
        (None, _) => Value::Unmirrored,
    }
}

fn state(session: &Session) -> Value {
    match session.state {
        SessionState::Disconnected => Value::Disconnected,
        SessionState::Suspended => Value::Suspended,
        SessionState::Synchronizing => Value::Synchronizing,
        SessionState::Synchronized => Value::Synchronized,
    }
}

fn safety(session: &Session) -> Value {
    match session.safety {
        Safety::Full => Value::Full,
        Safety::Off => Value::Off,
    }
}
