//! From AWS's names to Rust's: `DBClusterIdentifier` to `db_cluster_identifier`, `PAY_PER_REQUEST` to `PayPerRequest`.

use anyhow::{Context, Result};

/// Where the model of a type lives.
pub struct Place {
    /// `sqs`.
    pub service: String,
    /// `queue`.
    pub module: String,
    /// `Queue`.
    pub name: String,
}

/// The place of `AWS::SQS::Queue`: `sqs::queue::Queue`.
pub fn place(resource_type: &str) -> Result<Place> {
    let mut parts = resource_type.split("::").skip(1);
    let (service, name) = parts.next().zip(parts.next()).with_context(|| format!("{resource_type} is not like AWS::SQS::Queue"))?;
    Ok(Place { service: service.to_lowercase(), module: snake(name), name: name.to_owned() })
}

/// `VPCSecurityGroups` to `vpc_security_groups`, `PreferredCacheClusterAZs` to `preferred_cache_cluster_azs`, `Type` to `type_`.
pub fn snake(name: &str) -> String {
    let name = name
        .replace("MiB", "Mib")
        .replace("GiB", "Gib")
        .replace("VCpu", "Vcpu")
        .replace("GraphQL", "Graphql")
        .replace("OAuth", "Oauth")
        .replace("IPv", "Ipv");
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let next = letters.get(index + 1);
        // `AZs` and `ARNs` are one word: an `s` that ends the word belongs to the acronym.
        let plural = next == Some(&'s') && letters.get(index + 2).is_none_or(|after| after.is_uppercase());
        let begins = match before {
            Some(before) if letter.is_uppercase() => {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && next.is_some_and(|n| n.is_lowercase()) && !plural)
            }
            _ => false,
        };
        if begins && !out.ends_with('_') {
            out.push('_');
        }
        match letter {
            letter if letter.is_alphanumeric() => out.extend(letter.to_lowercase()),
            _ if out.is_empty() || out.ends_with('_') => {}
            _ => out.push('_'),
        }
    }
    if KEYWORDS.contains(&out.as_str()) {
        out.push('_');
    }
    out
}

const KEYWORDS: &[&str] = &[
    "as", "async", "await", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn",
    "for", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "unsafe", "use", "virtual", "where", "while", "yield",
];

/// The name of a Rust type: the first letter is upper case, and nothing but letters and digits remains.
pub fn upper(name: &str) -> String {
    let mut letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `HTTPS` to `Https`, `aws:kms` to `AwsKms`, `http1.1` to `Http1_1`, `python3.13` to `Python3_13`.
pub fn variant(wire: &str) -> String {
    match wire {
        "" => return "Empty".to_owned(),
        "*" => return "All".to_owned(),
        _ => {}
    }
    let mut out = String::new();
    for word in wire
        .replace("TLSv", "Tlsv")
        .replace("IPv", "Ipv")
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let digits = word.starts_with(|first: char| first.is_ascii_digit());
        if digits && out.ends_with(|last: char| last.is_ascii_digit()) {
            out.push('_');
        }
        let mut first = true;
        let shouted = !word.chars().any(|letter| letter.is_ascii_lowercase());
        let letters: Vec<char> = word.chars().collect();
        for (index, letter) in letters.iter().enumerate() {
            // Inside of a word in capitals and small letters, an acronym keeps only its first capital: `ALBRequestCount` is `AlbRequestCount`.
            let before_upper = index > 0 && letters.get(index - 1).is_some_and(|before| before.is_ascii_uppercase());
            let next_lower = letters.get(index + 1).is_some_and(|next| next.is_ascii_lowercase());
            let lower = !first && (shouted || (before_upper && !next_lower));
            out.push(if first {
                letter.to_ascii_uppercase()
            } else if lower {
                letter.to_ascii_lowercase()
            } else {
                *letter
            });
            first = false;
        }
    }
    if out.starts_with(|first: char| first.is_ascii_digit()) || out == "Self" || out.is_empty() {
        out.insert_str(0, "Value");
    }
    out
}

/// One item of a list of this name: `RequiresCompatibilities` to `RequiresCompatibility`, `AllowedMethods` to `AllowedMethod`.
pub fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies") {
        format!("{stem}y")
    } else if let Some(stem) = ["sses", "xes"].iter().find_map(|end| name.ends_with(end).then(|| &name[..name.len() - 2])) {
        stem.to_owned()
    } else if name.ends_with('s') && !name.ends_with("ss") && !name.ends_with("us") {
        name[..name.len() - 1].to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_properties_become_snake_case() {
        for (aws, rust) in [
            ("VpcId", "vpc_id"),
            ("VPCZoneIdentifier", "vpc_zone_identifier"),
            ("EnableDnsHostnames", "enable_dns_hostnames"),
            ("DBClusterIdentifier", "db_cluster_identifier"),
            ("PreferredCacheClusterAZs", "preferred_cache_cluster_azs"),
            ("TargetGroupARNs", "target_group_arns"),
            ("MultiAZ", "multi_az"),
            ("IPv6Enabled", "ipv6_enabled"),
            ("Ipv6CidrBlock", "ipv6_cidr_block"),
            ("S3BucketName", "s3_bucket_name"),
            ("DNSName", "dns_name"),
            ("GraphQLApi", "graphql_api"),
            ("KMSMasterKeyId", "kms_master_key_id"),
            ("Type", "type_"),
        ] {
            assert_eq!(snake(aws), rust);
        }
    }

    #[test]
    fn wire_strings_become_readable_variants() {
        for (wire, rust) in [
            ("HTTPS", "Https"),
            ("PAY_PER_REQUEST", "PayPerRequest"),
            ("aws:kms", "AwsKms"),
            ("http1.1", "Http1_1"),
            ("python3.13", "Python3_13"),
            ("ALBRequestCountPerTarget", "AlbRequestCountPerTarget"),
            ("TLSv1.2_2021", "Tlsv1_2_2021"),
            ("GreaterThanThreshold", "GreaterThanThreshold"),
            ("Bytes/Second", "BytesSecond"),
        ] {
            assert_eq!(variant(wire), rust);
        }
    }

    #[test]
    fn an_item_is_named_after_its_list() {
        assert_eq!(singular("RequiresCompatibilities"), "RequiresCompatibility");
        assert_eq!(singular("AllowedMethods"), "AllowedMethod");
        assert_eq!(singular("Status"), "Status");
    }
}
