//! Machine images: the one that a public parameter names, and a stand-in where an emulator has none.

use super::connect::Aws;
use crate::deploy::{Image, Trouble};

/// What stands for an image at an emulator: the form of an image's ID, and none that exists.
const STAND_IN: &str = "ami-00000000000000000";

impl Aws {
    /// The image that the public parameter at `path` names. An emulator on this machine starts no hosts and knows few images: there, and
    /// only there, a missing parameter is answered with a stand-in.
    pub(super) async fn newest_image(&self, region: &str, path: &str) -> Result<Image, Trouble> {
        match self.parameter(region, path).await {
            Ok(id) => Ok(Image::Found(id)),
            Err(Trouble::NotFound(_)) if on_this_machine(&self.endpoint("ssm", region)) => Ok(Image::StandIn(STAND_IN.to_owned())),
            Err(trouble) => Err(trouble),
        }
    }
}

/// Whether the URL's host is this machine itself.
fn on_this_machine(url: &str) -> bool {
    let host = url.parse::<http::Uri>().ok().and_then(|url| url.host().map(str::to_owned)).unwrap_or_default();
    let bare = host.trim_matches(['[', ']']);
    let loopback = bare.parse::<core::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    loopback || host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        for url in ["http://127.0.0.1:4566", "http://localhost", "https://aws.localhost:4566/", "http://[::1]:4566"] {
            assert!(on_this_machine(url), "{url}");
        }
        for url in ["https://ssm.us-east-1.amazonaws.com", "http://10.0.0.1", "http://localhost.example.com", "http://127.0.0.1.nip.io", ""]
        {
            assert!(!on_this_machine(url), "{url}");
        }
    }
}
