//! The screen of a command in a terminal of its own.

use std::process::Command;

use serde_json::json;

/// Runs a program in a pseudo terminal: its size, environment and input come as JSON.
const TERMINAL: &str = r#"
import fcntl, json, os, pty, struct, sys, termios
spec = json.loads(sys.argv[1])
child, fd = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, spec['columns'], 0, 0))
    os.chdir(spec['directory'])
    os.execve(spec['program'], [spec['program']] + spec['arguments'], spec['environment'])
settings = termios.tcgetattr(fd)
settings[3] &= ~termios.ECHO
termios.tcsetattr(fd, termios.TCSANOW, settings)
os.write(fd, spec['input'].encode())
seen = b''
while True:
    try:
        read = os.read(fd, 65536)
    except OSError:
        break
    if not read:
        break
    seen += read
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(seen)
sys.stdout.write(f'\n----- exit {os.waitstatus_to_exitcode(status)} -----\n')
"#;

/// What a command shows on a terminal of that many columns, answered with `input`.
pub(super) fn shown(command: &Command, columns: usize, input: &str) -> String {
    let text = |text: &std::ffi::OsStr| text.to_str().unwrap().to_owned();
    let mut environment: serde_json::Map<String, serde_json::Value> =
        command.get_envs().filter_map(|(name, value)| Some((text(name), text(value?).into()))).collect();
    environment.insert("TERM".to_owned(), "xterm".into());
    let spec = json!({
        "columns": columns,
        "directory": text(command.get_current_dir().unwrap().as_os_str()),
        "program": text(command.get_program()),
        "arguments": command.get_args().map(text).collect::<Vec<_>>(),
        "environment": environment,
        "input": input,
    });
    let output = Command::new("python3").args(["-c", TERMINAL, &spec.to_string()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    plain(&String::from_utf8_lossy(&output.stdout))
}

/// The text as it stands on the screen in the end: without colours, without what was overwritten or taken away again.
fn plain(shown: &str) -> String {
    shown.replace("\r\n", "\n").split('\n').map(settled_line).collect::<Vec<_>>().join("\n")
}

/// A line after all that was written to it.
fn settled_line(written: &str) -> String {
    let (mut line, mut column) = (Vec::new(), 0);
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        match character {
            '\r' => column = 0,
            '\u{1b}' => {
                let mut told = String::new();
                for letter in characters.by_ref() {
                    told.push(letter);
                    if letter.is_ascii_alphabetic() {
                        break;
                    }
                }
                match told.as_str() {
                    "[K" | "[0K" => line.truncate(column),
                    "[2K" => line.clear(),
                    _ => {}
                }
            }
            _ => {
                line.resize(line.len().max(column + 1), ' ');
                line[column] = character;
                column += 1;
            }
        }
    }
    line.into_iter().collect()
}

/// The lines that are wider than the screen and could have been broken. Data that was asked for is no such line.
pub(super) fn torn(shown: &str, columns: usize) -> Vec<&str> {
    let wide = |line: &&str| line.chars().count() > columns && line.trim_start().contains(' ');
    shown.lines().filter(wide).collect()
}
