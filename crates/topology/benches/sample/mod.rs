//! Published documents of any size, made from scratch for benches and tests; it reads nothing.
//!
//! A pool has the services, ports and components of a real Enterprise Edition pool, three Front Ends, and four stores
//! that are mirrored in the inferred spelling. A pair of SQL Servers serves five pools.

use std::fmt::Write as _;

const TOPOLOGY: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008";
const ROLES: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008";
const PORTS: [(&str, usize); 5] =
    [("UserServices", 3), ("Registrar", 10), ("WebServices", 13), ("ConfServices", 11), ("ApplicationServer", 9)];
const STORES: [(&str, &str); 4] = [
    ("UserStore", "UserServices"),
    ("ApplicationStore", "ApplicationServer"),
    ("ArchivingStore", "Registrar"),
    ("MonitoringStore", "Registrar"),
];

/// A published document with that many pools.
#[must_use]
pub fn published(pools: usize) -> String {
    let mut out = format!("<Topology xmlns=\"{TOPOLOGY}\" Signature=\"5d3b0f0e-7a51-4c1e-9a68-2f6b7a1c0d11\">\n");
    out.push_str("  <Sites>\n    <CentralSite SiteId=\"1\">\n      <Name>Contoso</Name>\n      <Location />\n");
    out.push_str("    </CentralSite>\n  </Sites>\n  <Clusters>\n");
    let pairs = pools.div_ceil(5);
    for pool in 1..=pools {
        let machines = (1..=3).map(|n| format!("fe{pool}-{n}.contoso.com")).collect::<Vec<_>>();
        cluster(&mut out, pool, &format!("pool{pool}.contoso.com"), &machines);
    }
    for server in 1..=2 * pairs {
        let fqdn = format!("be{server}.contoso.com");
        cluster(&mut out, pools + server, &fqdn, std::slice::from_ref(&fqdn));
    }
    cluster(&mut out, pools + 2 * pairs + 1, "fs1.contoso.com", &["fs1.contoso.com".to_owned()]);
    out.push_str("  </Clusters>\n  <SqlInstances>\n");
    for server in 1..=2 * pairs {
        let id = sql_instance_id(pools + server, 6);
        _ = write!(out, "    <SqlInstance>\n{id}    </SqlInstance>\n");
    }
    out.push_str("  </SqlInstances>\n  <Services>\n");
    for pool in 1..=pools {
        let pair = (pool - 1) / 5;
        services(&mut out, pool, pools + 2 * pair + 1, pools + 2 * pair + 2);
    }
    service(&mut out, "FileStore", 1, &[], &on_cluster(pools + 2 * pairs + 1));
    out.push_str("  </Services>\n</Topology>\n");
    out
}

fn cluster(out: &mut String, number: usize, fqdn: &str, machines: &[String]) {
    _ = writeln!(out, "    <Cluster RequiresReplication=\"true\" RequiresSetup=\"true\" Fqdn=\"{fqdn}\">");
    _ = writeln!(out, "      <ClusterId SiteId=\"1\" Number=\"{number}\" />");
    for (index, machine) in machines.iter().enumerate() {
        let n = index + 1;
        _ = writeln!(
            out,
            "      <Machine OrdinalInCluster=\"{n}\" Fqdn=\"{machine}\" FaultDomain=\"FaultDomain{n}\" \
             UpgradeDomain=\"UpgradeDomain{n}\">\n        <NetInterface InterfaceSide=\"Primary\" \
             InterfaceNumber=\"1\" IPAddress=\"0.0.0.0\" />\n      </Machine>"
        );
    }
    out.push_str("    </Cluster>\n");
}

fn sql_instance_id(cluster: usize, indent: usize) -> String {
    let space = " ".repeat(indent);
    format!(
        "{space}<SqlInstanceId Name=\"RTC\">\n{space}  <ClusterId SiteId=\"1\" Number=\"{cluster}\" />\n\
         {space}</SqlInstanceId>\n"
    )
}

fn on_cluster(number: usize) -> String {
    format!("        <ClusterId SiteId=\"1\" Number=\"{number}\" />\n")
}

fn services(out: &mut String, pool: usize, primary: usize, mirror: usize) {
    for (role, others) in [
        ("UserServices", &["ConfServices"][..]),
        ("Registrar", &["UserServices", "WebServices"]),
        ("WebServices", &["UserServices"]),
        ("ConfServices", &["WebServices", "UserServices"]),
        ("ApplicationServer", &["Registrar"]),
    ] {
        let mut dependencies: Vec<_> = others.iter().map(|other| (*other, pool, "Default")).collect();
        dependencies.push(("FileStore", 1, "Default"));
        for (store, consumer) in STORES {
            if consumer == role {
                dependencies.extend([(store, 2 * pool - 1, "Default"), (store, 2 * pool, "Mirror")]);
            }
        }
        service(out, role, pool, &dependencies, &on_cluster(pool));
    }
    for (store, _) in STORES {
        service(out, store, 2 * pool - 1, &[], &sql_instance_id(primary, 8));
        service(out, store, 2 * pool, &[], &sql_instance_id(mirror, 8));
    }
}

fn service(out: &mut String, role: &str, instance: usize, dependencies: &[(&str, usize, &str)], on: &str) {
    _ = writeln!(out, "    <Service RoleVersion=\"1\" ServiceVersion=\"6\">");
    _ = writeln!(out, "      <ServiceId SiteId=\"1\" RoleName=\"{role}\" Instance=\"{instance}\" />");
    out.push_str(if dependencies.is_empty() { "      <DependsOn />\n" } else { "      <DependsOn>\n" });
    for (role, instance, usage) in dependencies {
        _ = writeln!(
            out,
            "        <Dependency Usage=\"{usage}\">\n          <ServiceId SiteId=\"1\" RoleName=\"{role}\" \
             Instance=\"{instance}\" />\n        </Dependency>"
        );
    }
    if !dependencies.is_empty() {
        out.push_str("      </DependsOn>\n");
    }
    _ = write!(out, "      <InstalledOn>\n{on}      </InstalledOn>\n      <Ports xmlns=\"{ROLES}\">\n");
    let ports = PORTS.iter().find(|(r, _)| *r == role).map_or(0, |&(_, count)| count);
    for port in 0..ports {
        _ = writeln!(
            out,
            "        <Port Owner=\"urn:component:{role}\" Usage=\"SipServer\" InterfaceSide=\"Primary\" \
             InterfaceNumber=\"1\" Port=\"{}\" Protocol=\"Mtls\" UrlPath=\"/\" AuthorizesRequests=\"false\" \
             GruuType=\"Component{port}\" />",
            5060 + port
        );
    }
    out.push_str("      </Ports>\n    </Service>\n");
}
