//! Overrides: typed, placed in the file when they are wrong, visible in plan and templates when they are right.

use scalectl::component::Layer;
use scalectl::render::{self, Stack};

use crate::program::{Run, desk};

fn plan(phase: &str, settings: &str) -> Run {
    let desk = desk();
    desk.write("scalectl.yaml", settings);
    desk.run(&["plan", "--phase", phase])
}

fn stacks(phase: &str, settings: &str) -> Vec<Stack> {
    let regions = ["us-east-1"];
    let known = scalectl::settings::Known { regions: &regions, assumptions: &[], phases: &[], rules: &[], workloads: &[] };
    let settings = scalectl::settings::read("scalectl.yaml", settings.as_bytes(), &known).unwrap();
    render::stacks(&crate::identity::architecture(phase, scalectl::phase::find(phase).unwrap().from, &settings)).unwrap()
}

#[test]
fn an_override_is_merged_and_named_in_the_metadata_and_in_the_plan() {
    let text = "overrides:\n  AlarmTopic: {Properties: {DisplayName: !Sub '${AWS::StackName}'}}\n  DatabaseWriter: {DBInstanceClass: db.r8g.xlarge}\n";
    let stacks = stacks("10k", text);
    let of = |layer, id: &str| stacks.iter().find(|stack| stack.key.layer == layer).unwrap().template.resources[id].clone();
    let writer = of(Layer::Data, "DatabaseWriter");
    assert_eq!(writer.properties["DBInstanceClass"].as_str(), Some("db.r8g.xlarge"));
    assert!(writer.properties.contains_key("Engine"), "what is not overridden stays");
    let served = &writer.metadata["scalectl"];
    assert_eq!(served.get("overridden").and_then(|list| list.as_list()).map(|list| list[0].as_str()), Some(Some("DBInstanceClass")));
    assert_eq!(
        of(Layer::Ops, "AlarmTopic").properties["DisplayName"].intrinsic().map(|(name, _)| name.to_owned()),
        Some("Fn::Sub".to_owned())
    );
    plan("10k", text).exits(0).says(&["Overrides DatabaseWriter DBInstanceClass: db.r8g.xlarge (was db."]);
}

#[test]
fn what_the_type_does_not_have_or_take_is_a_mistake_at_its_line() {
    let list = [
        (
            "  DatabaseWriter:\n    DBInstanceClas: db.r8g.xlarge\n",
            "scalectl.yaml:3:5: DatabaseWriter (AWS::RDS::DBInstance) has no property \"DBInstanceClas\"; did you mean \"DBInstanceClass\"?",
        ),
        (
            "  DatabaseWriter: { Engine: [a] }\n",
            "scalectl.yaml:2:21: DatabaseWriter (AWS::RDS::DBInstance), Engine: a list where text is wanted",
        ),
        ("  DataKey: { DeletionPolicy: Keep }\n", "scalectl.yaml:2:14: DeletionPolicy takes Delete, Retain"),
        ("  WebServersLaunchTemplate: { LaunchTemplateData: { Monitorin: { Enabled: true } } }\n", "did you mean"),
        (
            "  DatabaseWritr: { Engine: a }\n",
            "scalectl.yaml:2:3: no phase has a resource \"DatabaseWritr\"; did you mean \"DatabaseWriter\"?",
        ),
        (
            "  AlarmTopic: { DisplayName: !Ref DataKe }\n",
            "this refers to \"DataKe\", which this phase does not have; did you mean \"DataKey\"?",
        ),
        ("  AlarmTopic: x\n", "AlarmTopic sets nothing"),
        ("  - AlarmTopic\n", "overrides takes logical IDs"),
    ];
    for (text, expected) in list {
        plan("10k", &format!("overrides:\n{text}")).exits(1).says(&[expected]);
    }
}

#[test]
fn what_is_dangerous_is_done_and_said_and_what_another_phase_has_is_a_warning() {
    plan("10k", "overrides: { DataKey: { DeletionPolicy: Delete } }\n").exits(0).says(&["! DataKey holds data, and no longer keeps it"]);
    plan("10k", "overrides: { DatabaseCluster: { DeletionProtection: false } }\n").exits(0).says(&["! takes away what keeps its data"]);
    let moved = plan("10k", "overrides: { DatabaseCluster: { DatabaseName: other } }\n").exits(0);
    moved.says(&["! create-only: where the resource stands already, AWS makes a new one"]);
    let other = plan("1k", "overrides: { DatabaseWriter: { DBInstanceClass: db.r8g.xlarge } }\n").exits(0);
    other.says(&["warning: override of DatabaseWriter: phase 1k has no such resource; it is in 10k, 500k, 10m"]);
    let desk = desk();
    desk.write("scalectl.yaml", "overrides: { DataKey: { DeletionPolicy: Delete } }\n");
    desk.run(&["render", "--all", "-o", "out"]).exits(0).says(&["warning: override of DataKey DeletionPolicy"]);
    desk.write("scalectl.yaml", "overrides: { Datakeys: { DeletionPolicy: Delete } }\n");
    desk.run(&["render", "--all", "-o", "out"]).exits(1).says(&["no phase has a resource \"Datakeys\"; did you mean \"DataKey\"?"]);
}
