//! The rules of networks: address ranges, ids, zones.

/// The highest second octet of the first range: `data/regions.yaml` numbers regions from there, and all have to fit below 10.255.
const LAST_FIRST: u8 = 240;

/// The first /16 of the regions' networks: `10.<n>.0.0/16`; gives n.
///
/// Only 10.0.0.0/8 has room for a /16 a region; 172.16.0.0/12 has sixteen of them, and Docker takes 172.17.0.0/16 on the hosts of the early phases.
pub fn first_range(value: &str) -> Result<u8, String> {
    let parts: Option<Vec<&str>> = value.strip_suffix(".0.0/16").map(|head| head.split('.').collect());
    let octet = match parts.as_deref() {
        Some(["10", octet]) if *octet == "0" || !octet.starts_with('0') => octet.parse::<u8>().ok(),
        _ => None,
    };
    match octet {
        Some(octet) if octet <= LAST_FIRST => Ok(octet),
        _ => Err(format!(
            "cidr \"{value}\" is not a range that every region has room in: 10.<n>.0.0/16 with n from 0 to {LAST_FIRST}; each region takes a /16 of its own \
             from there on"
        )),
    }
}

/// A range of private addresses that a VPC may have, /16 to /28 (VPC user guide, "VPC CIDR blocks", 2024).
pub fn private_range(what: &str, value: &str) -> Result<(), String> {
    let wrong = |why: &str| Err(format!("{what} \"{value}\" is not the range of a VPC such as \"10.20.0.0/16\": {why}"));
    let Some((address, bits)) = value.split_once('/') else { return wrong("a / and the number of fixed bits are missing") };
    let (Ok(address), Ok(bits)) = (address.parse::<core::net::Ipv4Addr>(), bits.parse::<u32>()) else {
        return wrong("it takes four numbers, a / and the number of fixed bits");
    };
    if !(16..=28).contains(&bits) {
        return wrong("AWS takes /16 to /28");
    }
    if u32::from(address).trailing_zeros() < 32 - bits && u32::from(address) != 0 {
        return wrong("the address has bits set beyond the fixed ones");
    }
    let shared = matches!(address.octets(), [100, 64..=127, ..]);
    if address.is_private() || shared {
        Ok(())
    } else {
        wrong("it is not private (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10)")
    }
}

/// The id of something in EC2: `vpc-0123456789abcdef0`.
pub fn resource_id(what: &str, kind: &str, value: &str) -> Result<(), String> {
    let digits = value.strip_prefix(kind).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    if matches!(digits.len(), 8 | 17) && digits.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)) {
        return Ok(());
    }
    Err(format!("{what} \"{value}\" is not an id such as \"{kind}-0123456789abcdef0\""))
}

/// The name of an availability zone of a region: `us-east-1a`.
pub fn zone(value: &str, region: &str) -> Result<(), String> {
    let letter = value.strip_prefix(region).unwrap_or_default();
    if letter.len() == 1 && letter.chars().all(|c| c.is_ascii_lowercase()) {
        return Ok(());
    }
    Err(format!("\"{value}\" is not an availability zone of {region} by its name, such as \"{region}a\""))
}
