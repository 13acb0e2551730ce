//! The settings of the ground that everything stands on: the address range, or a network that is there already.

use serde_saphyr::Spanned;

use super::file::{self, Text};
use super::read::Check;
use super::{ExistingVpc, rule};

/// One subnet of each kind in each of three zones.
const ZONES: usize = 3;

impl Check<'_> {
    /// A network that is there already.
    pub fn existing_vpc(&mut self, vpc: Option<Spanned<file::ExistingVpc>>, region: &str) -> Option<ExistingVpc> {
        let file::ExistingVpc { id, cidr, zones, public, private, data } = vpc?.value;
        self.note(&id, rule::resource_id("existing_vpc.id", "vpc", &id.value));
        self.note(&cidr, rule::private_range("existing_vpc.cidr", &cidr.value));
        let zones = self.three("zones", zones, |zone| rule::zone(zone, region));
        let mut tiers = Vec::new();
        let mut all: Vec<String> = Vec::new();
        for (what, list) in [("public", public), ("private", private), ("data", data)] {
            for subnet in &list.value {
                if all.contains(&subnet.value) {
                    let message = format!("subnet \"{}\" is listed twice; each kind has three subnets of its own", subnet.value);
                    self.note(subnet, Err(message));
                }
                all.push(subnet.value.clone());
            }
            tiers.push(self.three(what, list, |value| rule::resource_id(&format!("existing_vpc.{what}"), "subnet", value)));
        }
        let mut tiers = tiers.into_iter();
        let mut next = || tiers.next().unwrap_or_default();
        Some(ExistingVpc { id: id.value, cidr: cidr.value, zones, public: next(), private: next(), data: next() })
    }

    fn three(&mut self, what: &str, list: Spanned<Vec<Text>>, rule: impl Fn(&str) -> Result<(), String>) -> Vec<String> {
        let count = list.value.len();
        if count != ZONES {
            let message = format!("existing_vpc.{what} lists {count}; it takes {ZONES}, one for each of three zones and in their order");
            self.problem(&list.referenced, message);
        }
        let mut values: Vec<String> = Vec::new();
        for text in list.value {
            self.note(&text, rule(&text.value));
            if what == "zones" && values.contains(&text.value) {
                self.note(&text, Err(format!("zone \"{}\" is named twice; a lost zone would take two of three subnets", text.value)));
            }
            values.push(text.value);
        }
        values
    }
}
