//! A policy document from its nodes. (grammar checks follow)

use super::{Document, JsonError, Node, PolicyKind, SourceId, parse_json};

/// Reads a policy document from its nodes; what is wrong with it is in the document's problems.
pub fn parse_document(node: &Node, _kind: PolicyKind) -> Document {
    Document {
        place: node.place,
        json: node.to_json(),
        ..Document::default()
    }
}

/// Reads a policy document from JSON text.
///
/// # Errors
/// Text that is not strict JSON.
pub fn parse_document_text(
    text: &str,
    source: SourceId,
    kind: PolicyKind,
) -> Result<Document, JsonError> {
    Ok(parse_document(&parse_json(text, source)?, kind))
}
