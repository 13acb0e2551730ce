//! A service opens the database of its own domain, and the one that was there before there were domains; workers, who do jobs of every service, open all.

use std::collections::BTreeSet;

use scalectl::render::{self, Stack};
use scalectl::settings::Settings;

use crate::identity::architecture;

fn app(stacks: &[Stack], region: &str) -> String {
    stacks.iter().find(|stack| stack.name.ends_with("-app") && stack.key.region == region).unwrap().template.to_yaml()
}

/// The secrets that a resource's text names, without what CloudFormation writes around them.
fn secrets(text: &str, id: &str) -> BTreeSet<String> {
    let from = text.find(&format!("\n  {id}:\n")).unwrap_or_else(|| panic!("no {id}"));
    let rest = &text[from + 3..];
    let end = rest.match_indices("\n  ").map(|(at, _)| at).find(|at| !rest[at + 3..].starts_with(' ')).unwrap_or(rest.len());
    let words = rest[..end].split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.ends_with("DatabaseCredentials")).map(str::to_owned).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn role_and_environment_name_the_domains_own_secrets() {
    let stacks = render::stacks(&architecture("10m", 10_000_000, &Settings::default())).unwrap();
    let text = app(&stacks, "us-east-1");
    let orders = set(&["DatabaseCredentials", "OrdersDatabaseCredentials", "OrdersShard2DatabaseCredentials"]);
    for (service, own) in
        [("Web", set(&["DatabaseCredentials"])), ("Users", set(&["DatabaseCredentials", "UsersDatabaseCredentials"])), ("Orders", orders)]
    {
        assert_eq!(secrets(&text, &format!("{service}TaskRole")), own);
        assert_eq!(secrets(&text, &format!("{service}TaskDefinition")), own);
    }
    assert_eq!(secrets(&text, "WorkersRole").len(), 5, "workers open every database");
}

#[test]
fn who_owns_no_domain_stays_with_the_first_database() {
    let mut settings = Settings::default();
    settings.federation.insert("accounts".to_owned(), vec!["users".to_owned()]);
    settings.federation.insert("trade".to_owned(), vec!["web".to_owned(), "orders".to_owned()]);
    let text = app(&render::stacks(&architecture("10m", 10_000_000, &settings)).unwrap(), "us-east-1");
    assert_eq!(secrets(&text, "UsersTaskRole"), set(&["AccountsDatabaseCredentials", "DatabaseCredentials"]));
    // The domain that owns the orders is the first one here, and so it is the first database that is divided.
    assert_eq!(secrets(&text, "CatalogTaskRole"), set(&["DatabaseCredentials", "Shard2DatabaseCredentials"]));
    assert_eq!(secrets(&text, "OrdersTaskRole"), secrets(&text, "CatalogTaskRole"));
}

#[test]
fn with_one_database_everybody_has_it() {
    let text = app(&render::stacks(&architecture("500k", 500_000, &Settings::default())).unwrap(), "us-east-1");
    assert_eq!(secrets(&text, "OrdersTaskRole"), set(&["DatabaseCredentials"]));
    assert_eq!(secrets(&text, "WorkersRole"), set(&["DatabaseCredentials"]));
}
