//! The shape of a desired file, for editors: the source of its JSON Schema. It reads nothing; a test holds its keys
//! together with those that are read.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// A desired file.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "desired.toml of cstopo")]
pub struct File {
    /// Format version, 1.
    #[schemars(extend("const" = 1))]
    pub format: u32,
    /// Pools, by name.
    pub pool: BTreeMap<String, Pool>,
    /// What is allowed.
    pub policy: Option<Policy>,
}

/// What is declared of a pool. The keys hold for each of its stores; a store's table overrides them.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pool {
    /// The primary slot: `host\INSTANCE`.
    pub sql_server_store: Option<String>,
    /// The mirror slot, or `none`.
    pub mirroring_sql_server_store: Option<String>,
    /// The witness slot, or `none`.
    pub mirroring_witness: Option<String>,
    /// Both slots, in any order.
    pub sql_server_stores: Option<[String; 2]>,
    /// The instance on which the databases shall be PRINCIPAL: a role, not a slot.
    pub principal: Option<String>,
    /// User store.
    pub user: Option<Store>,
    /// Application store.
    pub application: Option<Store>,
    /// Central Management store.
    pub central_management: Option<Store>,
    /// Archiving store.
    pub archiving: Option<Store>,
    /// Monitoring store.
    pub monitoring: Option<Store>,
    /// Persistent Chat store.
    pub persistent_chat: Option<Store>,
    /// Persistent Chat compliance store.
    pub persistent_chat_compliance: Option<Store>,
}

/// What is declared of one store.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Store {
    /// The primary slot: `host\INSTANCE`.
    pub sql_server_store: Option<String>,
    /// The mirror slot, or `none`.
    pub mirroring_sql_server_store: Option<String>,
    /// The witness slot, or `none`.
    pub mirroring_witness: Option<String>,
    /// Both slots, in any order.
    pub sql_server_stores: Option<[String; 2]>,
    /// The instance on which the databases shall be PRINCIPAL: a role, not a slot.
    pub principal: Option<String>,
}

/// What users may have to bear. Loss of data is not among it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Accept {
    /// Users of one Front End at a time are signed out.
    Outage,
}

/// What is allowed.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// Who publishes: a person in Topology Builder, or a cmdlet with the site's own edited export.
    #[schemars(extend("enum" = super::policy::PUBLISH))]
    pub publish: Option<String>,
    /// The share through which new mirrors are copied, a UNC path.
    pub seed_share: Option<String>,
    /// What users may have to bear.
    pub accept: Option<Vec<Accept>>,
    /// Whether a whole pool may be stopped, announced.
    #[schemars(extend("enum" = super::policy::ALLOW))]
    pub full_stop: Option<String>,
    /// Whether steps may be planned that no source describes.
    #[schemars(extend("enum" = super::policy::ALLOW))]
    pub undocumented_steps: Option<String>,
    /// How services are stopped.
    #[schemars(extend("enum" = super::policy::STOP))]
    pub stop_services: Option<String>,
    /// How old facts may be on which a step that forces or destroys acts: `90s`, `15m`, `1h`.
    #[schemars(regex(pattern = "^[0-9]+[smhd]$"))]
    pub max_snapshot_age: Option<String>,
    /// How long a pool may wait in all so that publishes of several pools are one: `90s`, `15m`, `2h`. Without it none waits.
    #[schemars(regex(pattern = "^[0-9]+[smhd]$"))]
    pub publish_wait: Option<String>,
    /// Where journal and lock lie.
    pub state_folder: Option<String>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::database_type::DatabaseType;
    use crate::desired::{policy, read};

    #[test]
    fn the_schema_has_the_keys_that_are_read() {
        let schema = serde_json::to_value(schemars::schema_for!(super::File)).unwrap();
        let keys = |properties: &serde_json::Value| -> BTreeSet<String> {
            properties["properties"].as_object().unwrap().keys().cloned().collect()
        };
        let set = |known: &[&str]| known.iter().map(|k| (*k).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(schema["$defs"]["Accept"]["oneOf"][0]["const"], policy::ACCEPT[0]);
        assert_eq!(keys(&schema), set(&read::TOP));
        assert_eq!(keys(&schema["$defs"]["Store"]), set(&read::STORE));
        assert_eq!(keys(&schema["$defs"]["Policy"]), set(&policy::KEYS));
        let pool = [&read::STORE[..], &DatabaseType::ALL.map(DatabaseType::key)].concat();
        assert_eq!(keys(&schema["$defs"]["Pool"]), set(&pool));
    }
}
