//! A topology document: original bytes, their text, the typed view, and what is worth a warning. It opens no files.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Mark};
use crate::encoding::Encoding;
use crate::fault::Fault;
use crate::findings;
use crate::lines::LineEnding;
use crate::source::Source;
use crate::tree::{NodeId, Xml};
use crate::view::{Form, Topology};
use crate::vocabulary::{Ns, Tag};
use crate::{builder, published};

/// A document that was read. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Document {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    source: Arc<Source>,
    topology: Topology,
    original: Option<Topology>,
    warnings: Vec<Diagnostic>,
}

/// Documents are equal if their bytes are.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Document {}

impl Document {
    /// Reads a document of either form, in any accepted encoding, recognised by content. `file` is the name that
    /// diagnostics show; nothing is opened.
    ///
    /// # Errors
    /// One diagnostic, the first thing that keeps the bytes from being a topology document.
    pub fn read(bytes: Vec<u8>, file: &str) -> Result<Self, Diagnostic> {
        let source = Arc::new(Source::read(bytes, file)?);
        let inner = read(&source).map_err(|fault| source.diagnostic(*fault))?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The original bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.inner.source.decoded.bytes()
    }

    /// The text, without a byte order mark. Every span of the typed view is a range of it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.inner.source.text()
    }

    /// How the characters are stored.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.inner.source.decoded.encoding
    }

    /// How lines end.
    #[must_use]
    pub fn line_ending(&self) -> LineEnding {
        self.inner.source.lines().ending()
    }

    /// Number of lines.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.inner.source.lines().count()
    }

    /// Which of the two documents this is.
    #[must_use]
    pub fn form(&self) -> Form {
        self.inner.topology.form()
    }

    /// The name of the file, as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.inner.source.file
    }

    /// The topology; of a `.tbxml` the `NewTopology`.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.inner.topology
    }

    /// The `OriginalTopology` of a `.tbxml` that was downloaded or published.
    #[must_use]
    pub fn original(&self) -> Option<&Topology> {
        self.inner.original.as_ref()
    }

    /// What is readable and yet worth a look. At most some seventy; the last says how many were left out.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.inner.warnings
    }

    /// The mark of a range of the text.
    #[must_use]
    pub fn mark(&self, range: std::ops::Range<usize>, label: impl Into<String>) -> Mark {
        self.inner.source.mark(range, label)
    }
}

fn read(source: &Arc<Source>) -> Result<Inner, Box<Fault>> {
    let xml = source.xml();
    let (form, original, new) = roots(xml)?;
    let topology = |root| {
        let records = match form {
            Form::Published => published::read(xml, root)?,
            Form::Builder => builder::read(xml, root)?,
        };
        Ok::<_, Box<Fault>>(Topology::new(source.clone(), form, root, records))
    };
    let original = original.map(topology).transpose()?;
    let topology = topology(new)?;
    let warnings = findings::of(&topology, original.as_ref()).into_iter().map(|f| source.diagnostic(f)).collect();
    Ok(Inner { source: source.clone(), topology, original, warnings })
}

/// The form, and the elements that hold the original and the new topology.
fn roots(xml: Xml<'_>) -> Result<(Form, Option<NodeId>, NodeId), Box<Fault>> {
    if xml.is(0, Ns::Topology, Tag::Topology) {
        return Ok((Form::Published, None, 0));
    }
    if !xml.is(0, Ns::Builder, Tag::TopologyBuilder) {
        return Err(wrong_root(xml));
    }
    let half = |tag| {
        let half = xml.child(0, Ns::Builder, tag)?;
        xml.child(half, Ns::Writable, Tag::PartialTopology)
    };
    let new = half(Tag::NewTopology).ok_or_else(|| {
        let fault = Fault::new(
            "CT1009",
            "the Topology Builder file holds no new topology",
            xml.head(0),
            "expected NewTopology with a PartialTopology inside",
        );
        fault.note("help", "save it again in Topology Builder")
    })?;
    Ok((Form::Builder, half(Tag::OriginalTopology), new))
}

fn wrong_root(xml: Xml<'_>) -> Box<Fault> {
    let name = xml.local(0);
    let known = matches!(xml.node(0).tag, Tag::Topology | Tag::TopologyBuilder);
    let message = match name {
        "CsMgmtLog" => "this is the log of a publish, not a topology document".to_owned(),
        "DocItemSet" | "DocItem" => "this is a Central Management export, not a topology document".to_owned(),
        "Objs" => "this is the output of Export-Clixml, not a topology document".to_owned(),
        "html" => "this is a web page, not a topology document".to_owned(),
        _ if known => format!("the root <{name}> is not in the namespace of a topology document"),
        _ => format!("the root is <{}>, so this is no topology document", crate::fault::quote(name)),
    };
    let head = xml.head(0).start + 1..xml.head(0).end;
    let help = "the document itself: (Get-CsTopology -AsXml).ToString()";
    if known {
        let expected = format!("expected urn:schema:Microsoft.Rtc.Management.Deploy.{name}.2008");
        let fault = Fault::new("CT1002", message, head, "another namespace, or none");
        return fault.note("", expected).note("help", help).into();
    }
    Fault::new("CT1002", message, head, "expected Topology or TopologyBuilder").note("help", help).into()
}
