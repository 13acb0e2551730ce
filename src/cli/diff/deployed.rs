//! A side from AWS: the templates with which the stacks of the app and environment were last deployed.

use super::folder::part;
use super::side::{Around, Loaded, Own};
use crate::cli::exit::Stop;
use crate::cli::{templates, world};
use crate::component::Layer;
use crate::deploy::{self, Stacks, Status};
use crate::diff::Broken;

/// Reads every stack that stands.
pub fn load(around: &Around) -> Result<Loaded, Stop> {
    let ground = around.ground()?;
    let settings = &ground.settings;
    let units = world::family(settings, &ground.catalog);
    let keys = world::keys(&units);
    let standing = around.world.enter(&settings.region, async |aws, _, _| {
        let statuses = deploy::status(aws, &keys).await.map_err(Stop::error)?;
        let mut standing = Vec::new();
        for status in statuses {
            // A stack that was never made, or whose making was taken back, holds nothing.
            let Some(stands) = status.status.filter(|status| !holds_nothing(status)) else { continue };
            let template = aws.template(&status.key).await.map_err(|trouble| Stop::error(format!("{}: {trouble}", status.key)))?;
            standing.push((status.key, stands, template));
        }
        Ok(standing)
    })?;
    if standing.is_empty() {
        return Err(Stop::error(format!(
            "nothing of {} stands in {}: there is nothing deployed to compare with",
            settings.prefix(),
            settings.region
        )));
    }
    let (mut files, mut broken) = (Vec::new(), Vec::new());
    for (key, stands, text) in standing {
        if !stands.as_str().ends_with("_COMPLETE") {
            around.screen.note(&format!("note: {key} is {}: what stands may not be what its template says\n", stands.as_str()));
        }
        let Some(unit) = units.iter().find(|unit| unit.key() == key) else { continue };
        let at_home = unit.layer == Layer::Edge.word() || key.region == settings.region;
        let name = if at_home { format!("deployed/{}.yaml", unit.layer) } else { format!("deployed/{}.{}.yaml", unit.layer, key.region) };
        match templates::parse(&name, text.as_bytes(), None) {
            Ok(mut file) => {
                file.region = Some(key.region.clone());
                files.push(file);
            }
            Err(problem) => broken.push(Broken { name, problem }),
        }
    }
    Ok(Loaded::of("deployed", vec![part(String::new(), files, broken, Vec::new())], Own::One))
}

/// Whether a stack of this status has no resources and never had any that stayed.
fn holds_nothing(status: &Status) -> bool {
    matches!(status, Status::ReviewInProgress | Status::RollbackComplete | Status::DeleteComplete)
}
