//! The line of a type joins its schema with what only the specification says, whichever region has the type.

#![allow(clippy::disallowed_methods)]

use std::path::Path;

#[test]
fn a_line_joins_the_schema_with_what_the_specification_adds() {
    let write = |path: &Path, text: &str| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("every");
    let schemas = folder.join("schemas");
    let common = "    \"AWS::A::Store\": \"1a\",\n    \"AWS::CloudFormation::CustomResource\": \"1a\",\n    \"Module\": \"1a\",\n";
    write(&schemas.join("providers/us_east_1.py"), &format!("types: dict[str, str] = {{\n{common}}}\n"));
    // A region that comes first by name tells of its own types only; later releases of cfn-lint write JSON.
    write(&schemas.join("providers/af-south-1.json"), "{\n \"AWS::A::Store\": \"2b\",\n \"AWS::B::Local\": \"2b\"\n}\n");
    let store = r#"{
        "createOnlyProperties": ["/properties/Rule/Kind", "/properties/Rule/Kind/Deep", "/properties/Name"],
        "conditionalCreateOnlyProperties": ["/properties/Size", "/properties/Name"],
        "primaryIdentifier": ["/properties/Zone", "/properties/Name"]
    }"#;
    write(&schemas.join("resources/1a.json"), store);
    write(&schemas.join("resources/2b.json"), r#"{"primaryIdentifier": ["/properties/Id"]}"#);
    let specification = r#"{
        "ResourceTypes": {
            "AWS::A::Store": {"Properties": {
                "Name": {"UpdateType": "Immutable"},
                "Size": {"UpdateType": "Conditional"},
                "Owner": {"UpdateType": "Immutable", "Type": "Part"},
                "Parts": {"UpdateType": "Mutable", "Type": "List", "ItemType": "Part"},
                "Labels": {"UpdateType": "Mutable", "Type": "List", "ItemType": "Tag"}
            }},
            "AWS::CloudFormation::CustomResource": {"Properties": {"ServiceToken": {"UpdateType": "Immutable"}}},
            "AWS::Z::Gone": {"Properties": {"Name": {"UpdateType": "Immutable"}}}
        },
        "PropertyTypes": {
            "AWS::A::Store.Part": {"Properties": {
                "Key": {"UpdateType": "Immutable"},
                "Color": {"UpdateType": "Conditional"},
                "Inner": {"UpdateType": "Mutable", "Type": "Part"}
            }},
            "Tag": {"Properties": {"Key": {"UpdateType": "Mutable"}}}
        }
    }"#;
    write(&folder.join("specification.json"), specification);
    let lines = xtask::every::text(&schemas, &folder.join("specification.json")).unwrap();
    let wanted = [
        "AWS::A::Store always=Name,Rule/Kind sometimes=Size id=Zone,Name spec-always=Owner,Parts/*/Key spec-sometimes=Parts/*/Color",
        "AWS::B::Local id=Id",
        "AWS::Z::Gone spec-always=Name",
    ];
    assert_eq!(lines.lines().collect::<Vec<_>>(), wanted);
}
