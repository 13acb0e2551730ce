//! Blocks of IPv4 and IPv6 addresses: what lies in what, and what a template says when it cuts one block into several.

use core::net::{Ipv4Addr, Ipv6Addr};

use cfn::Node;

use super::graph::Graph;

/// A block of addresses; IPv4 stands in the low 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    /// The first address, with host bits as they were written.
    address: u128,
    /// How many bits are fixed.
    pub prefix: u32,
    /// 32 or 128.
    bits: u32,
}

impl Cidr {
    /// Reads `10.0.0.0/16` or `2001:db8::/32`.
    pub fn parse(text: &str) -> Option<Cidr> {
        let (address, prefix) = text.trim().split_once('/')?;
        let prefix = prefix.parse().ok()?;
        let (address, bits) = match address.parse::<Ipv4Addr>() {
            Ok(four) => (u128::from(u32::from(four)), 32),
            Err(_) => (u128::from(address.parse::<Ipv6Addr>().ok()?), 128),
        };
        (prefix <= bits).then_some(Cidr { address, prefix, bits })
    }

    /// The first and the last address.
    fn range(self) -> (u128, u128) {
        let host = self.bits - self.prefix;
        let mask = if host >= 128 { u128::MAX } else { (1u128 << host) - 1 };
        (self.address & !mask, self.address | mask)
    }

    /// Whether every address of the other lies in this.
    pub fn contains(self, other: Cidr) -> bool {
        let ((first, last), (start, end)) = (self.range(), other.range());
        self.bits == other.bits && first <= start && end <= last
    }

    /// Whether they have an address in common.
    pub fn overlaps(self, other: Cidr) -> bool {
        let ((first, last), (start, end)) = (self.range(), other.range());
        self.bits == other.bits && first <= end && start <= last
    }

    /// Whether it is an IPv4 block.
    pub fn is_v4(self) -> bool {
        self.bits == 32
    }

    /// Whether bits are set below the prefix: `10.0.1.7/24` names an address, not a block.
    pub fn has_host_bits(self) -> bool {
        self.range().0 != self.address
    }

    /// Whether it is the whole internet, or a part so large that it may be called so.
    pub fn is_world(self) -> bool {
        let private = Cidr { address: 10 << 24, prefix: 8, bits: 32 };
        match self.bits {
            32 => self.prefix < 8 && !private.contains(self),
            _ => self.prefix < 16,
        }
    }

    /// The block as it is written.
    pub fn text(self) -> String {
        let (first, _) = self.range();
        match u32::try_from(first) {
            Ok(four) if self.bits == 32 => format!("{}/{}", Ipv4Addr::from(four), self.prefix),
            _ => format!("{}/{}", Ipv6Addr::from(first), self.prefix),
        }
    }

    /// The part of this number, when the block is cut into blocks of `host` free bits.
    fn part(self, number: u128, host: u32) -> Option<Cidr> {
        let prefix = self.bits.checked_sub(host)?;
        let (first, last) = self.range();
        let address = first.checked_add(number.checked_mul(1u128.checked_shl(host)?)?)?;
        (prefix >= self.prefix && address <= last).then_some(Cidr { address, prefix, bits: self.bits })
    }
}

/// The IPv4 or IPv6 block that a resolved value stands for: a literal, a VPC's own block, or a part that `Fn::Cidr` cuts.
pub fn of(graph: &Graph, node: &Node) -> Option<Cidr> {
    match node {
        Node::Str(text) => Cidr::parse(text),
        _ => match node.intrinsic()? {
            ("Fn::GetAtt", _) => {
                let (item, attribute) = graph.reference(node)?;
                (attribute == Some("CidrBlock")).then(|| item.get("CidrBlock")).flatten().and_then(|block| of(graph, block))
            }
            ("Fn::Select", Node::List(parts)) => {
                let [index, list] = parts.as_slice() else { return None };
                let number = whole(index)?;
                match list.intrinsic()? {
                    ("Fn::Cidr", Node::List(cut)) => {
                        let whole_block = of(graph, cut.first()?)?;
                        let host = cut.get(2).map_or(Some(8), whole)?;
                        whole_block.part(number.into(), host)
                    }
                    _ => None,
                }
            }
            _ => None,
        },
    }
}

fn whole(node: &Node) -> Option<u32> {
    match node {
        Node::Int(number) => u32::try_from(*number).ok(),
        Node::Str(text) => text.trim().parse().ok(),
        _ => None,
    }
}
