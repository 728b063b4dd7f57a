//! What every command has: the terminal, the environment, and what is known about where it runs.

use std::sync::{Arc, OnceLock};

use aws::clients::Activity;
use terraform::backend::{Backend as Kind, S3Backend};

use crate::environment::Environment;
use crate::error::{Circumstances, CliError};
use crate::log::Log;
use crate::views::Terminal;

/// The variables that name a proxy.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// What every command has.
#[derive(Debug)]
pub(crate) struct Context {
    /// Where it prints.
    pub terminal: Terminal,
    /// The environment variables.
    pub environment: Environment,
    /// The calls under way.
    pub activity: Activity,
    /// The words of the command: `state list`.
    command: String,
    /// Where the state of this run lives, as soon as it is known.
    backend: OnceLock<Kind>,
    /// The region of the foundation, as soon as it is known.
    region: OnceLock<String>,
}

impl Context {
    /// The context of a command with these words.
    pub(crate) fn new(terminal: Terminal, environment: Environment, command: String) -> Self {
        Self {
            terminal,
            environment,
            activity: Activity::default(),
            command,
            backend: OnceLock::new(),
            region: OnceLock::new(),
        }
    }

    /// Opens the log that the flag or the environment asks for; every call is told to it.
    ///
    /// # Errors
    /// Its file cannot be opened.
    pub(crate) fn open_log(&mut self, debug: bool) -> Result<Option<Arc<Log>>, CliError> {
        let log = Log::open(debug, &self.command, &self.environment)?.map(Arc::new);
        if let Some(log) = log.clone() {
            self.activity = self.activity.clone().logged(Arc::new(move |attempt| log.attempt(attempt)));
        }
        Ok(log)
    }

    /// Remembers the region of the foundation.
    pub(crate) fn found_region(&self, region: &str) {
        self.region.get_or_init(|| region.to_owned());
    }

    /// Remembers where the state of this run lives. The first answer counts: a migration has two.
    pub(crate) fn found_backend(&self, backend: &Kind) {
        self.backend.get_or_init(|| backend.clone());
    }

    /// What the hints of every error are made of, whichever step fails.
    pub(crate) fn circumstances(&self) -> Circumstances {
        let variable = |name| self.environment.get(name).map(str::to_owned);
        let s3 = match self.backend.get() {
            Some(Kind::S3(s3)) => Some(s3.as_ref()),
            Some(Kind::Local(_)) | None => None,
        };
        let of_backend = |part: fn(&S3Backend) -> Option<String>| s3.and_then(part);
        Circumstances {
            command: self.command.clone(),
            profile: of_backend(|s3| s3.profile.clone()).or_else(|| variable("AWS_PROFILE")),
            mfa_serial: None,
            source: None,
            aws_region: self.region.get().cloned(),
            region: of_backend(|s3| s3.region.clone())
                .or_else(|| variable("AWS_REGION"))
                .or_else(|| variable("AWS_DEFAULT_REGION")),
            endpoint: variable("AWS_ENDPOINT_URL"),
            state_endpoint: of_backend(|s3| s3.endpoints.s3.clone()),
            proxy: PROXIES.into_iter().find(|name| self.environment.get(name).is_some()),
        }
    }
}
