//! Templates in the styles of other tools and people: read, written, read again.

use std::fs;
use std::path::{Path, PathBuf};

use cfn::syntax::{self, normalise};
use cfn::{Node, Template, json, yaml};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates")
}

fn read(name: &str) -> Node {
    syntax::parse(&fs::read_to_string(directory().join(name)).unwrap()).unwrap_or_else(|error| panic!("{name}:{error}")).root
}

fn at<'a>(node: &'a Node, path: &str) -> &'a Node {
    path.split('/').fold(node, |node, step| match step.parse::<usize>() {
        Ok(index) => &node.as_list().unwrap()[index],
        Err(_) => node.get(step).unwrap_or_else(|| panic!("no {step} of {path} in {node:?}")),
    })
}

#[test]
fn every_template_survives_both_formats_and_the_typed_form() {
    let mut count = 0;
    for entry in fs::read_dir(directory()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let node = read(&name);
        for text in [yaml::write(&node), json::write(&node), json::minified(&node)] {
            assert_eq!(syntax::parse(&text).unwrap().root, node, "{name}");
        }
        let template = Template::from_node(&node).unwrap_or_else(|error| panic!("{name}: {error}"));
        for text in [template.to_yaml_with_header(&["head"]), template.to_json(), template.to_json_minified()] {
            let again = syntax::parse(&text).unwrap().root;
            assert_eq!(Template::from_node(&again).unwrap(), template, "{name}");
            assert_eq!(shape(&again), shape(&node), "{name}");
        }
        count += 1;
    }
    assert!(count >= 10);
}

/// The tree without what the typed form may write differently: version, `DependsOn` of one, flags and lengths written as text.
fn shape(node: &Node) -> Node {
    let Node::Map(map) = normalise(node) else { panic!("no map") };
    let mut map = map;
    map.shift_remove("AWSTemplateFormatVersion");
    for (_, section) in map.iter_mut() {
        let Node::Map(entries) = section else { continue };
        for (_, entry) in entries.iter_mut() {
            let Node::Map(entry) = entry else { continue };
            if let Some(Node::Str(name)) = entry.get("DependsOn").cloned() {
                entry.insert("DependsOn".into(), Node::list([name]));
            }
            for key in ["NoEcho", "MinLength", "MaxLength"] {
                if let Some(Node::Str(word)) = entry.get(key).cloned() {
                    entry.insert(key.into(), yaml::parse(&word).unwrap().root);
                }
            }
        }
    }
    Node::Map(map)
}

#[test]
fn values_are_what_their_authors_meant() {
    let maps = read("maps-and-conditions.yaml");
    assert_eq!(at(&maps, "Mappings/Accounts/elb/us-east-1"), &Node::Int(127_311_923_021));
    assert_eq!(at(&maps, "Mappings/Accounts/elb/zero"), &Node::from("012345678901"));
    assert_eq!(at(&maps, "Mappings/Accounts/elb/kept"), &Node::from("054676820928"));
    assert_eq!(at(&maps, "Mappings/Flags/dev/multi"), &Node::Bool(false));
    assert_eq!(at(&maps, "Parameters/Env/AllowedValues"), &Node::list(["dev", "prod", "yes"]));
    assert_eq!(at(&maps, "Conditions/Both/Fn::And/0/Condition"), &Node::from("IsProd"));
    assert_eq!(at(&maps, "Conditions/Both/Fn::And/1/Condition"), &Node::from("IsEu"));
    assert_eq!(at(&maps, "Resources/Db/Properties/PreferredMaintenanceWindow"), &Node::from("sun:05:00-sun:06:00"));

    let sam = read("sam-api.yaml");
    assert_eq!(at(&sam, "AWSTemplateFormatVersion"), &Node::from("2010-09-09"));
    assert_eq!(at(&sam, "Description"), &Node::from("An API and its table, folded over two lines."));
    assert!(
        at(&sam, "Resources/Api/Properties/InlineCode")
            .as_str()
            .unwrap()
            .ends_with("tab:\tend\n    return {\"statusCode\": 200}\n\n# last\n")
    );

    let long = read("long-forms.yaml");
    assert_eq!(at(&long, "Resources/Instance/Metadata/AWS::CloudFormation::Init/config/files").as_map().unwrap().len(), 1);
    assert_eq!(at(&long, "Resources/Instance/Properties/IamInstanceProfile/Fn::GetAtt"), &Node::from("Profile.Arn"));
    assert_eq!(at(&long, "Resources/Instance/Properties/Tags/0/Key"), &Node::from("cidr"));

    let anchors = read("anchors.yaml");
    assert_eq!(at(&anchors, "Resources/A"), at(&anchors, "Resources/B"));
    assert_eq!(at(&anchors, "Resources/C/Properties/Tags/0/Value"), &Node::from("platform"));
    assert_eq!(at(&read("flow.yaml"), "Resources/Role/Properties/AssumeRolePolicyDocument/Version"), &Node::from("2012-10-17"));
    assert_eq!(at(&read("tabs-in.json"), "Resources/Group/Properties/GroupDescription"), &Node::from("SSH — \"only\" from here/there"));
}

#[test]
fn scripts_keep_every_character() {
    let scripts = read("scripts.yaml");
    let of = |path: &str| at(&scripts, &format!("Resources/Template/Properties/LaunchTemplateData/{path}")).as_str().unwrap().to_owned();
    assert_eq!(
        of("UserData/Fn::Base64/Fn::Sub"),
        "#!/bin/bash\nset -euo pipefail\ncat <<'EOF' > /etc/app.conf\n  indented = ${AWS::Region}\n\nEOF\necho \"done: 100%\" # not a comment\n"
    );
    assert_eq!(of("Folded/Fn::Sub"), "one line in the end\nand another\n");
    assert_eq!(of("Kept"), "two newlines at the end\n\n");
    assert_eq!(of("Stripped"), "no newline at the end");
    assert_eq!(of("Indicated"), "  two blanks begin this line\nnone begin this one\n");
    assert_eq!(of("Quoted"), "tab\tnull\0 snowman☃ linejoined");
    assert_eq!(of("Single"), "it's folded");
    assert_eq!(at(&scripts, "Description"), &Node::from("Scripts in every kind of block"));
}
