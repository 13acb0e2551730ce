//! Sizes of data.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use rust_decimal::Decimal;
use serde::Serialize;

/// A number of bytes; arithmetic saturates at `u64::MAX` (18.4 EB), which no plan reaches.
///
/// `Display` is SI (`1.4 TB` is 1.4 × 10^12 bytes), as traffic and storage are spoken of; [`Bytes::binary`] prints `16 GiB`, as memory is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// Nothing.
    pub const ZERO: Bytes = Bytes(0);
    /// 2^20 bytes.
    pub const MIB: u64 = 1 << 20;
    /// 2^30 bytes.
    pub const GIB: u64 = 1 << 30;

    /// From binary mebibytes.
    pub const fn mib(mebibytes: u64) -> Bytes {
        Bytes(mebibytes.saturating_mul(Self::MIB))
    }

    /// From binary gibibytes.
    pub const fn gib(gibibytes: u64) -> Bytes {
        Bytes(gibibytes.saturating_mul(Self::GIB))
    }

    /// From a computed quantity, rounded up; negative or NaN is nothing, too large saturates.
    pub fn from_f64(bytes: f64) -> Bytes {
        Bytes(super::whole(bytes))
    }

    /// As a floating-point number, for ratios.
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }

    /// Binary gigabytes (2^30), the unit in which AWS bills a "GB".
    pub fn billed_gb(self) -> Decimal {
        Decimal::from(self.0) / Decimal::from(Self::GIB)
    }

    /// Whole binary gigabytes that hold it, at least `minimum`: what a volume is created with.
    pub fn gib_ceil(self, minimum: u64) -> u64 {
        self.0.div_ceil(Self::GIB).max(minimum)
    }

    /// Multiplied by a non-negative factor, rounded up.
    pub fn scaled(self, factor: f64) -> Bytes {
        Bytes::from_f64(self.as_f64() * factor)
    }

    /// Printed with binary units (`16 GiB`), as memory is.
    pub fn binary(self) -> Binary {
        Binary(self)
    }
}

impl Add for Bytes {
    type Output = Bytes;
    fn add(self, other: Bytes) -> Bytes {
        Bytes(self.0.saturating_add(other.0))
    }
}

impl Sum for Bytes {
    fn sum<I: Iterator<Item = Bytes>>(iter: I) -> Bytes {
        iter.fold(Bytes::ZERO, Add::add)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&with_unit(self.as_f64(), 1000.0, &["B", "KB", "MB", "GB", "TB", "PB", "EB"]))
    }
}

/// A size printed with binary units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binary(Bytes);

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&with_unit(self.0.as_f64(), 1024.0, &["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]))
    }
}

fn with_unit(bytes: f64, step: f64, units: &[&str]) -> String {
    let mut value = bytes;
    let mut unit = 0;
    // 999.95 would be printed as 1000, so it already belongs to the next unit.
    while value >= step - 0.05 * step / 1000.0 && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    let text = if value < 99.95 { format!("{value:.1}") } else { format!("{value:.0}") };
    let text = text.strip_suffix(".0").unwrap_or(&text);
    format!("{text} {}", units.get(unit).copied().unwrap_or("B"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_printed_in_the_unit_people_use() {
        let si = [(0, "0 B"), (999, "999 B"), (1_000, "1 KB"), (1_400_000_000_000, "1.4 TB"), (999_999, "1 MB"), (u64::MAX, "18.4 EB")];
        for (bytes, text) in si {
            assert_eq!(Bytes(bytes).to_string(), text);
        }
        assert_eq!(Bytes::gib(16).binary().to_string(), "16 GiB");
        assert_eq!(Bytes::mib(512).binary().to_string(), "512 MiB");
        assert_eq!(Bytes(1_471_026_299).binary().to_string(), "1.4 GiB");
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Bytes(u64::MAX) + Bytes(1), Bytes(u64::MAX));
        assert_eq!(Bytes::gib(u64::MAX), Bytes(u64::MAX));
        assert_eq!(Bytes::from_f64(-1.0), Bytes::ZERO);
        assert_eq!(Bytes::from_f64(f64::NAN), Bytes::ZERO);
        assert_eq!(Bytes(100).scaled(0.75), Bytes(75));
        assert_eq!(Bytes::gib(3).billed_gb(), Decimal::from(3));
        assert_eq!(Bytes(Bytes::GIB + 1).gib_ceil(1), 2);
        assert_eq!(Bytes::ZERO.gib_ceil(20), 20);
    }
}
