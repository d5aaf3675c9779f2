//! Masks of addresses.

use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::{Masked, Masker};

impl Masker {
    /// An address or a block of them; addresses that share a beginning still share it.
    pub(super) fn address(&mut self, text: &str) -> String {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let Ok(parsed) = IpAddr::from_str(address) else {
            return self.plain_words(text);
        };
        let masked = match parsed {
            IpAddr::V4(v4) => {
                let bits = u128::from(u32::from(v4)) << 96;
                let bits = self.address_bits(bits, length, 32) >> 96;
                IpAddr::V4(Ipv4Addr::from(u32::try_from(bits).unwrap_or_default()))
            }
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(self.address_bits(
                u128::from(v6),
                length,
                128,
            ))),
        };
        let masked = masked.to_string();
        if masked != address {
            self.originals
                .insert(masked.clone(), (Masked::Address, address.to_owned()));
        }
        match length {
            Some(length) => format!("{masked}/{length}"),
            None => masked,
        }
    }

    /// Each bit is turned or not by a secret of the bits before it. Bits behind the block's length
    /// stay.
    fn address_bits(&self, bits: u128, length: Option<&str>, width: u32) -> u128 {
        let length = length
            .and_then(|text| text.parse().ok())
            .unwrap_or(width)
            .min(width);
        let mut masked = bits;
        for at in 0..length {
            let before = if at == 0 { 0 } else { bits >> (128 - at) };
            if self.secret.hash_one((width, at, before)) & 1 == 1 {
                masked ^= 1 << (127 - at);
            }
        }
        masked
    }
}
