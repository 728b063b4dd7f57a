//! Names that no setting has.

use terraform::Diagnostic;
use terraform::hcl_text::quoted;

use super::spelling;
use super::table::{declaration, similar};
use super::value::{Origin, SettingValue};

/// How many undeclared names get a warning of their own, as in Terraform.
const SHOWN: usize = 2;

/// What is to be said of names that no setting has: an error each from the command line, at most two warnings and a
/// count from files, nothing from the environment.
pub(super) fn diagnostics(values: &[SettingValue]) -> Vec<Diagnostic> {
    let undeclared = |origin: Origin| {
        values.iter().filter(move |value| value.origin == origin && declaration(&value.name).is_none())
    };
    let mut diagnostics = Vec::new();
    for value in undeclared(Origin::CommandLine) {
        let detail = format!("There is no setting named {}.", named(value));
        let error = Diagnostic::error("Value for undeclared variable", detail);
        diagnostics.push(with_place(error, value));
    }
    let files = undeclared(Origin::File).collect::<Vec<_>>();
    for value in files.iter().take(SHOWN) {
        let detail = format!("There is no setting named {}; its value is ignored.", named(value));
        let warning = Diagnostic::warning("Value for undeclared variable", detail);
        diagnostics.push(with_place(warning, value));
    }
    let rest = files.get(SHOWN..).unwrap_or_default();
    if let Some(first) = rest.first() {
        let names = rest.iter().map(|value| named(value)).collect::<Vec<_>>().join(", ");
        let detail = format!("{} more names are no settings; their values are ignored: {names}.", rest.len());
        let detail = if rest.len() == 1 {
            format!("There is no setting named {names} either; its value is ignored.")
        } else {
            detail
        };
        diagnostics.push(
            Diagnostic::warning("Values for undeclared variables", detail).at(first.name_location.clone()),
        );
    }
    diagnostics
}

/// The name as it stands in a sentence: a name of a JSON file may have lines of its own.
fn named(value: &SettingValue) -> String {
    format!("`{}`", value.name.replace('\n', "\\n"))
}

/// The finding at the name, with the name that was probably meant.
fn with_place(diagnostic: Diagnostic, value: &SettingValue) -> Diagnostic {
    let mut diagnostic = diagnostic.at(value.name_location.clone()).about(&value.name);
    let meant = || similar(&value.name).map(|name| format!("did you mean `{name}`?"));
    diagnostic.hint = member(value).or_else(meant);
    diagnostic
}

/// What to write for one member of a map on the command line, `-var tags.team=x`.
fn member(value: &SettingValue) -> Option<String> {
    let (outer, inner) = value.name.split_once('.')?;
    declaration(outer).filter(|declaration| !declaration.is_primitive())?;
    let whole = format!("{{ {} = {} }}", quoted(inner), quoted(value.value.as_str()?));
    Some(format!("write all of `{outer}` together: {}", spelling::given(outer, &whole, value.origin)))
}
