//! Reading what is compiled into the program.

/// The text of a compressed asset. The tests read every asset, so that one that cannot be
/// read does not get this far; should it happen all the same, there is no data, not a crash.
pub(super) fn text(compressed: &[u8]) -> String {
    let bytes = zstd::decode_all(compressed).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// One frame of an asset made of several.
pub(super) fn frame(asset: &[u8], offset: usize, length: usize) -> String {
    let end = offset.saturating_add(length);
    text(asset.get(offset..end).unwrap_or_default())
}
